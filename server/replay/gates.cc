#include "server/replay/gates.h"

#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace frontdesk::server {

bool ReplayGates::any() const {
  return turn || route || slot || tool || sentence || citation || handoff || prompt ||
         escalation_rise || no_new_ungrounded;
}

absl::StatusOr<double> ReadShare(const std::string& text) {
  absl::string_view number = absl::StripTrailingAsciiWhitespace(text);
  const bool percent = absl::ConsumeSuffix(&number, "%");
  double value = 0;
  if (!absl::SimpleAtod(absl::StripTrailingAsciiWhitespace(number), &value) || value < 0 ||
      value > (percent ? 100 : 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no share; write 1% or 0.01"));
  }
  return percent ? value / 100 : value;
}

std::vector<std::string> Exceeded(const ReplayGates& gates, const ReplayResult& result) {
  // Turns in which a kind of difference occurs anywhere, not only first.
  std::map<std::string, int64_t> turns;
  for (const ReplayedConversation& one : result.conversations) {
    for (const dialog::ChangedTurn& changed : one.report.changed) {
      std::set<std::string> kinds = {"turn"};
      for (size_t i = changed.first; i < changed.first + changed.count; ++i)
        kinds.insert(one.report.differences[i].kind);
      for (const std::string& kind : kinds) ++turns[kind];
    }
  }
  std::vector<std::string> exceeded;
  const double all = static_cast<double>(std::max<int64_t>(result.turns, 1));
  const auto hold = [&](const std::optional<double>& most, const char* kind) {
    const double share = static_cast<double>(turns[kind]) / all;
    if (!most || share <= *most) return;
    exceeded.push_back(absl::StrFormat("%s changes in %.2f %% of the turns, at most %.2f %% are allowed",
                                       kind, share * 100, *most * 100));
  };
  hold(gates.turn, "turn");
  hold(gates.route, "route");
  hold(gates.slot, "slot");
  hold(gates.tool, "tool");
  hold(gates.sentence, "sentence");
  hold(gates.citation, "citation");
  hold(gates.handoff, "handoff");
  hold(gates.prompt, "prompt");
  const double rise =
      static_cast<double>(result.replayed.handoffs - result.recorded.handoffs) / all;
  if (gates.escalation_rise && rise > *gates.escalation_rise) {
    exceeded.push_back(absl::StrFormat("handoffs rise by %.2f %% of the turns, at most %.2f %% are allowed",
                                       rise * 100, *gates.escalation_rise * 100));
  }
  if (gates.no_new_ungrounded && result.replayed.ungrounded > result.recorded.ungrounded) {
    exceeded.push_back(absl::StrCat("sentences without enough support rise from ",
                                    result.recorded.ungrounded, " to ",
                                    result.replayed.ungrounded));
  }
  return exceeded;
}

}  // namespace frontdesk::server
