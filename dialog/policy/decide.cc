#include "dialog/policy/decide.h"

#include <algorithm>
#include <cctype>

#include "dialog/policy/judge_wish.h"
#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

constexpr Rule kRules[] = {
    ScreenRuleFor,    EmptyRule,     HumanRule, EscalationRuleFor, ClarificationRule, SteeringRule,
    CorrectionRule,   AfterthoughtRule, NothingElseRule, ConfirmationRule, AskedSlotRule, IntentRule,
    CourtesyRule,     OpenQuestionRule, ValueAloneRule, FallBackRule,
};

bool IsLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || (c & 0x80) != 0; }

}  // namespace

const SlotSpec* Moment::AskedSlot() const {
  return Asked() && flow != nullptr ? flow->FindSlot(front->asked) : nullptr;
}

bool Moment::OnlyValues(const understand::DetectedIntent& wish) const {
  bool token = false, values = false;
  for (const char c : PartOf(wish)) {
    if (c == '<') token = values = true;
    if (!token && IsLetter(c)) return false;
    values |= std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (c == '>') token = false;
  }
  return values;
}

std::string_view Moment::PartOf(const understand::DetectedIntent& wish) const {
  const std::string_view whole = text;
  if (wish.end <= wish.begin || wish.end > whole.size()) return whole;
  return whole.substr(wish.begin, wish.end - wish.begin);
}

bool Moment::IsValueOfFront(const understand::DetectedIntent& wish) const {
  if (!Asked() && !Confirming()) return false;
  const size_t said = PartOf(wish).size();
  return std::any_of(meaning.slots.begin(), meaning.slots.end(), [&](const understand::SlotValue& value) {
    const bool words = value.type == understand::slot_type::kText ||
                       value.type == understand::slot_type::kName;  // those are any words
    return !words && value.flow == front->flow && value.begin >= wish.begin && value.end <= wish.end &&
           2 * static_cast<size_t>(value.end - value.begin) > said;
  });
}

Decision Just(Command command, std::string rule, std::string because) {
  Decision decision;
  decision.push_back({std::move(command), {std::move(rule), std::move(because), {}, {}}});
  return decision;
}

Decision Decide(const State& state, const understand::Understanding& understanding,
                const Bundle& bundle, absl::Time now) {
  static const std::string kNothing;
  Moment moment{state,
                understanding,
                bundle,
                now,
                state.front(),
                nullptr,
                state.turn ? state.turn->received.text : kNothing};
  if (moment.front != nullptr) moment.flow = bundle.FindFlow(moment.front->flow);
  bool judged = false;
  for (Rule rule : kRules) {
    judged |= rule == IntentRule;
    std::optional<Decision> decision = rule(moment);
    if (!decision) continue;
    // From the rule for wishes on, those that were not acted on are part of the reason.
    if (judged) decision->front().reason.passed = PassedOverBy(moment, *decision);
    return *std::move(decision);
  }
  return Just(FallBack{}, "fall_back", "no rule applied");  // FallBackRule always applies
}

}  // namespace frontdesk::dialog
