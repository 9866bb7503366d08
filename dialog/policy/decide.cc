#include "dialog/policy/decide.h"

#include <cctype>

#include "dialog/policy/moment.h"

namespace frontdesk::dialog {
namespace {

constexpr Rule kRules[] = {
    ScreenRuleFor,    EmptyRule,     HumanRule, EscalationRuleFor, ClarificationRule, SteeringRule,
    CorrectionRule,   AfterthoughtRule, NothingElseRule, ConfirmationRule, AskedSlotRule, IntentRule,
    CourtesyRule,     OpenQuestionRule, ValueAloneRule, FallBackRule,
};

}  // namespace

const SlotSpec* Moment::AskedSlot() const {
  return Asked() && flow != nullptr ? flow->FindSlot(front->asked) : nullptr;
}

bool Moment::OnlyValues(const understand::DetectedIntent& wish) const {
  const bool part = wish.end > wish.begin && wish.end <= text.size();
  const std::string_view said = part ? std::string_view(text).substr(wish.begin, wish.end - wish.begin)
                                     : std::string_view(text);
  bool token = false, values = false;
  for (const char c : said) {
    if (c == '<') token = values = true;
    if (!token && (std::isalpha(static_cast<unsigned char>(c)) || (c & 0x80) != 0)) return false;
    values |= std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (c == '>') token = false;
  }
  return values;
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
  for (Rule rule : kRules) {
    if (std::optional<Decision> decision = rule(moment)) return *std::move(decision);
  }
  return Just(FallBack{}, "fall_back", "no rule applied");  // FallBackRule always applies
}

}  // namespace frontdesk::dialog
