// Rules for words that steer the conversation: stop, back, again, wait, go on.
#include <algorithm>

#include "dialog/policy/judge_wish.h"
#include "dialog/policy/moment.h"

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

// "Yes, stop the emails": the message wishes for something that can be done. "Stop" alone does not.
bool WishesAnything(const Moment& m) {
  if (m.text.find(' ') == std::string::npos) return false;
  const std::vector<JudgedWish> wishes = JudgeWishes(m);
  return std::any_of(wishes.begin(), wishes.end(), [](const JudgedWish& one) {
    return one.judgement == WishJudgement::kCounts && !std::holds_alternative<DoesSteer>(one.intent->does);
  });
}

}  // namespace

bool WishesFront(const Moment& m) {
  if (m.front == nullptr || m.BestP() < m.at().digression) return false;
  const Intent* best = m.bundle.FindIntent(m.meaning.intents[0].intent);
  const DoesFlow* flow = best != nullptr ? std::get_if<DoesFlow>(&best->does) : nullptr;
  return flow != nullptr && flow->flow == m.front->flow;
}

std::optional<Decision> SteeringRule(const Moment& m) {
  if (m.Cue(cue::kCancel) && Alone(m) && !AnswersQuestion(m) && !WishesFront(m)) {
    if (m.front != nullptr)
      return Just(CancelFlow{}, "cue.cancel", "the customer wants to stop this");
    if (!WishesAnything(m)) {
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

}  // namespace frontdesk::dialog
