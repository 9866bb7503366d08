// Rules for what the customer says about the conversation itself.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dialog/policy/moment.h"
#include "text/fuzzy.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

namespace cue = understand::cue;

// A cue inside a longer message with a wish of its own is part of that wish.
bool Alone(const Moment& m) { return m.text.size() <= 40 || m.BestP() < m.at().answer; }

// "Just cancel it" to "pause or cancel?", "no, stop" to a confirmation: an answer, not a wish to
// leave the flow.
bool AnswersQuestion(const Moment& m) {
  if (m.Confirming()) return m.meaning.affirmation.has_value();
  // Anything answers a question for free text; "never mind" is not meant so.
  const SlotSpec* asked = m.AskedSlot();
  if (asked != nullptr && (asked->type == SlotType::kText || asked->type == SlotType::kName)) {
    return false;
  }
  return m.Asked() && std::any_of(m.meaning.slots.begin(), m.meaning.slots.end(),
                                  [&](const understand::SlotValue& value) {
                                    return value.slot == m.front->asked &&
                                           (value.flow.empty() || value.flow == m.front->flow);
                                  });
}

// "Stop the emails" while that is being done is the wish again.
bool WishesFront(const Moment& m) {
  if (m.front == nullptr || m.BestP() < m.at().digression) return false;
  const Intent* best = m.bundle.FindIntent(m.meaning.intents[0].intent);
  const DoesFlow* flow = best != nullptr ? std::get_if<DoesFlow>(&best->does) : nullptr;
  return flow != nullptr && flow->flow == m.front->flow;
}

int Ordinal(const std::string& folded) {
  static const std::pair<const char*, int> kWords[] = {
      {"first", 1},  {"1", 1}, {"former", 1}, {"erste", 1},  {"ersteres", 1},
      {"second", 2}, {"2", 2}, {"latter", 2}, {"zweite", 2}, {"letzteres", 2},
      {"third", 3},  {"3", 3}, {"dritte", 3}};
  for (const auto& [word, number] : kWords) {
    size_t at = folded.find(word);
    if (at == std::string::npos) continue;
    const bool begins = at == 0 || folded[at - 1] == ' ';
    const size_t end = at + std::string_view(word).size();
    const bool ends =
        end == folded.size() || !std::isalnum(static_cast<unsigned char>(folded[end]));
    if (begins && (ends || std::string_view(word).size() > 3)) return number;
  }
  return 0;
}

}  // namespace

std::optional<Decision> ClarificationRule(const Moment& m) {
  if (!m.state.clarification || m.Cue(cue::kCancel)) return std::nullopt;
  const ClarificationAsked& open = *m.state.clarification;
  std::string chosen, because;
  const std::string folded = text::FoldText(m.text);
  const int ordinal = m.text.size() < 40 ? Ordinal(folded) : 0;
  if (ordinal > 0 && ordinal <= static_cast<int>(open.intents.size())) {
    chosen = open.intents[ordinal - 1];
    because = absl::StrCat("the customer chose number ", ordinal);
  }
  // The label's own words, or the intent that is now likelier among those offered.
  for (size_t i = 0; chosen.empty() && i < open.labels.size(); ++i) {
    if (folded == text::FoldText(open.labels[i])) {
      chosen = open.intents[i];
      because = "the customer repeated an option";
    }
  }
  if (chosen.empty() && open.intents.size() == 1 && m.meaning.affirmation == true) {
    chosen = open.intents[0];
    because = "the customer said yes";
  }
  if (chosen.empty() && m.meaning.affirmation == false) return std::nullopt;
  if (chosen.empty()) {
    int64_t best = 0;
    for (const understand::IntentScore& score : m.meaning.intents) {
      bool offered =
          std::find(open.intents.begin(), open.intents.end(), score.intent) != open.intents.end();
      if (offered && score.p > best) {
        best = score.p;
        chosen = score.intent;
      }
    }
    // A new wish that is surer than any option goes its own way.
    if (chosen.empty() || (m.BestP() > best && m.BestP() >= m.at().answer)) return std::nullopt;
    because = "the likeliest of the options";
  }
  const Intent* intent = m.bundle.FindIntent(chosen);
  if (intent == nullptr) return std::nullopt;
  // The wish was said in the message that had to be clarified.
  return CommandsFor(m, *intent, open.about, {"clarify.chosen", because, {}, {}});
}

std::optional<Decision> SteeringRule(const Moment& m) {
  if (m.Cue(cue::kCancel) && Alone(m) && !AnswersQuestion(m) && !WishesFront(m)) {
    if (m.front != nullptr)
      return Just(CancelFlow{}, "cue.cancel", "the customer wants to stop this");
    if (m.text.size() <= 24 || m.BestP() < m.at().answer) {
      return Just(SayReply{"nothing_to_cancel"}, "cue.cancel", "nothing is going on");
    }
    return std::nullopt;
  }
  if (m.Cue(cue::kBack) && Alone(m)) {
    return Just(GoBack{}, "cue.back", "the customer wants to go one step back");
  }
  if (m.Cue(cue::kRepeat) && Alone(m)) {
    return Just(RepeatLast{}, "cue.repeat", "the customer wants to hear it again");
  }
  if (m.Cue(cue::kWait) && Alone(m) && m.meaning.slots.empty()) {
    return Just(SayReply{"wait"}, "cue.wait", "the customer needs a moment");
  }
  if (m.Cue(cue::kResume) && m.front != nullptr && m.text.size() <= 60) {
    return Just(ContinueFlow{GivenFor(m, m.front->flow)}, "cue.resume",
                "the customer wants to go on");
  }
  return std::nullopt;
}

std::optional<Decision> NothingElseRule(const Moment& m) {
  // "Is there something else?" "No."
  if (m.front != nullptr || m.state.clarification || !m.SaysNo()) return std::nullopt;
  const std::vector<Said>& last = m.state.last_replies;
  if (last.empty() || !last.back().text.ends_with('?')) return std::nullopt;
  return Just(SayReply{"bye"}, "cue.nothing_else", "nothing is open and the customer says no");
}

std::optional<Decision> ValueAloneRule(const Moment& m) {
  if (m.front != nullptr || m.meaning.mentions.empty()) return std::nullopt;
  const bool known = std::any_of(m.meaning.mentions.begin(), m.meaning.mentions.end(),
                                 [](const understand::SlotValue& mention) {
                                   return mention.type == "order_number" || mention.type == "email";
                                 });
  const bool only = m.meaning.detected.empty() || m.OnlyValues(m.meaning.detected[0]);
  if (!known || !only) return std::nullopt;
  if (m.state.clarification) {
    return Just(Clarify{m.state.clarification->intents, m.state.clarification->about},
                "clarify.again", "a value came instead of a choice between the intents");
  }
  return Just(SayReply{"value_noted"}, "value.alone", "a value, and nothing asks for it yet");
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
