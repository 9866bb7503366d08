// Rules for what wants nothing: thanks, greetings, swearing, a "no" to "anything else?".
#include <string_view>

#include "absl/strings/str_cat.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;

}  // namespace

std::optional<Decision> NothingElseRule(const Moment& m) {
  // "Is there something else?" "No."
  if (m.front != nullptr || m.state.clarification || !m.SaysNo()) return std::nullopt;
  const std::vector<Said>& last = m.state.last_replies;
  if (last.empty() || !last.back().text.ends_with('?')) return std::nullopt;
  return Just(SayReply{"bye"}, "cue.nothing_else", "nothing is open and the customer says no");
}

std::optional<Decision> CourtesyRule(const Moment& m) {
  static const std::pair<std::string_view, const char*> kReplies[] = {
      {cue::kBye, "bye"},
      {cue::kThanks, "thanks"},
      {cue::kGreeting, "greeting_back"},
      {cue::kSwearing, "swearing"}};
  for (const auto& [name, reply] : kReplies) {
    if (!m.Cue(name)) continue;
    std::string id = reply;
    if (!m.bundle.replies.contains(id)) id = "greeting";
    return Just(SayReply{id}, absl::StrCat("cue.", std::string(name)), "small talk");
  }
  return std::nullopt;
}

}  // namespace frontdesk::dialog
