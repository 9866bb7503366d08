// Slots: asking, checking, taking and refusing values.
#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "dialog/flows/front.h"
#include "dialog/flows/machine.h"
#include "re2/re2.h"
#include "text/utf8.h"

namespace frontdesk::dialog {
namespace {

// A value of a text slot must be of the length asked, a number in its range, …
std::string WrongRange(const SlotSpec& slot, const nlohmann::json& value, const Turn& turn) {
  std::optional<int64_t> number;
  if (slot.type == SlotType::kAmount) {
    if (!value.is_object() || !value.value("cents", nlohmann::json()).is_number_integer())
      return "type";
    number = value["cents"].get<int64_t>();
  } else if (slot.type == SlotType::kQuantity) {
    if (!value.is_number_integer()) return "type";
    number = value.get<int64_t>();
  } else if (slot.type == SlotType::kBoolean) {
    return value.is_boolean() ? "" : "type";
  } else if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    return "type";
  } else if (slot.type == SlotType::kText) {
    number = static_cast<int64_t>(text::CountCodePoints(value.get_ref<const std::string&>()));
  } else if (slot.type == SlotType::kDate) {
    absl::CivilDay day;
    if (!absl::ParseCivilTime(value.get<std::string>(), &day)) return "type";
    number = day - absl::ToCivilDay(turn.now, turn.bundle.assistant.timezone);
  }
  if (number && slot.min && *number < *slot.min) return "too_small";
  if (number && slot.max && *number > *slot.max) return "too_large";
  return "";
}

}  // namespace

int64_t MissesOf(const FlowInstance& instance, const std::string& slot) {
  auto found = instance.attempts.find(slot);
  return found == instance.attempts.end() ? 0 : found->second;
}

void AskForSlot(Turn& turn, const Front& front, const SlotSpec& slot) {
  const int64_t misses = MissesOf(*front.instance, slot.name);
  const int64_t instance = front.instance->instance;
  if (slot.ask.empty() || !SayOfFlow(turn, front, slot.ask, misses)) {
    Speak(turn, slot.type == SlotType::kOrderNumber ? "ask_order_number" : "slot_invalid");
  }
  turn.Emit(SlotAsked{instance, slot.name, misses + 1, {}});
  turn.asked_last = true;
}

std::string WrongWith(const SlotSpec& slot, const nlohmann::json& value,
                      const FlowInstance& instance, const Turn& turn) {
  // Readings of a general name ("the jacket") wait for the list that they are chosen from.
  if (value.is_array() && !value.empty() && !slot.choices_from.empty()) {
    return ChoicesOf(slot, instance).empty() ? "" : "several_readings";
  }
  if (std::string wrong = WrongRange(slot, value, turn); !wrong.empty()) return wrong;
  // A vault token stands for a value that redaction has validated already.
  const bool token = value.is_string() && value.get_ref<const std::string&>().substr(0, 1) == "<";
  if (!slot.pattern.empty() && value.is_string() && !token) {
    RE2 pattern(slot.pattern, RE2::Quiet);
    if (!RE2::FullMatch(value.get<std::string>(), pattern)) return "pattern";
  }
  if (slot.type == SlotType::kChoice ||
      (slot.type == SlotType::kProduct && !slot.choices.empty())) {
    std::vector<SlotChoice> choices = ChoicesOf(slot, instance);
    // The items of a list may not be read yet; the step that asks checks again.
    if (choices.empty() && !slot.choices_from.empty()) return "";
    bool known = std::any_of(choices.begin(), choices.end(),
                             [&](const SlotChoice& c) { return nlohmann::json(c.canonical) == value; });
    if (!known) return "not_a_choice";
  }
  return "";
}

bool TakeValue(Turn& turn, const GivenSlot& given) {
  Front front = FrontOf(turn);
  if (!front) return false;
  const int64_t instance = front.instance->instance;
  const SlotSpec* slot = front.flow->FindSlot(given.slot);
  if (slot == nullptr) {
    if (given.slot != kEmailSlot) return false;
    turn.Emit(SlotSet{instance, kEmailSlot, given.value, "email", given.surface, "customer", false,
                      nullptr});
    return true;
  }
  if (std::string wrong = WrongWith(*slot, given.value, *front.instance, turn); !wrong.empty()) {
    turn.Emit(SlotRefused{instance, given.slot, "invalid"});
    return false;
  }
  turn.Emit(SlotSet{instance, given.slot, given.value, given.type, given.surface, "customer", false,
                    nullptr});
  return true;
}

// "The jacket" was said before the order was read, and it holds one jacket: that one. Without just
// one the value is dropped; the readings that are in the list are what to ask between.
std::vector<nlohmann::json> SettleReadings(Turn& turn, const Front& front, const SlotSpec& slot) {
  const auto held = front.instance->slots.find(slot.name);
  if (held == front.instance->slots.end() || !held->second.value.is_array()) return {};
  const int64_t instance = front.instance->instance;
  const SlotState said = held->second;
  std::vector<nlohmann::json> listed =
      AmongChoices({said.value.begin(), said.value.end()}, ChoicesOf(slot, *front.instance));
  if (listed.size() == 1) {
    turn.Emit(SlotSet{instance, slot.name, listed[0], said.type, said.surface, "customer", false, nullptr});
    return {};
  }
  turn.Emit(Invalidated{instance, "slot", slot.name, "several_readings"});
  return listed;
}

// Which of some values of the slot in front is meant.
void AskBetween(Turn& turn, const std::string& slot, const std::vector<nlohmann::json>& options) {
  const Front now = FrontOf(turn);
  std::vector<std::string> shown;
  for (const nlohmann::json& value : options) {
    shown.push_back(ShownChoice(*now.flow, *now.instance, slot, value, StyleOf(turn)));
  }
  Speak(turn, "choose", {{"options", Either(shown, turn.state().language)}});
  turn.Emit(SlotAsked{now.instance->instance, slot, MissesOf(*FrontOf(turn).instance, slot) + 1, options});
  turn.asked_last = turn.started_flow = true;
}

StepResult PerformCollect(Turn& turn, const Front& front, const CollectStep& step) {
  const SlotSpec& slot = *front.flow->FindSlot(step.slot);
  const int64_t instance = front.instance->instance;
  const std::vector<nlohmann::json> readings = SettleReadings(turn, front, slot);
  if (!readings.empty()) {
    AskBetween(turn, slot.name, readings);
    return StepResult::Wait();
  }
  auto filled = front.instance->slots.find(step.slot);
  if (filled != front.instance->slots.end()) {
    if (filled->second.value.is_null() ||
        WrongWith(slot, filled->second.value, *front.instance, turn).empty()) {
      return GoOn(turn, front);
    }
    turn.Emit(SlotRefused{instance, step.slot, "invalid"});
    turn.Emit(Invalidated{instance, "slot", step.slot, "invalid"});
  }
  Front now = FrontOf(turn);
  if (MissesOf(*now.instance, step.slot) >= turn.bundle.policy.limits.attempts_per_slot) {
    return HandOffFront(turn, "repeated_failure");
  }
  if (!slot.choices_from.empty()) {
    std::vector<SlotChoice> choices = ChoicesOf(slot, *now.instance);
    if (choices.size() == 1) {  // nothing to choose
      turn.Emit(SlotSet{instance, step.slot, choices[0].canonical, std::string(NameOf(slot.type)),
                        "", "set", false, nullptr});
      return GoOn(turn, FrontOf(turn));
    }
  }
  AskForSlot(turn, now, slot);
  return StepResult::Wait();
}

void ContinueFront(Turn& turn, const ContinueFlow& command) {
  bool refused = false;
  const Front before = FrontOf(turn);
  const std::string asked = before ? before.instance->asked : "";
  const PartedValues parted = PartCorrections(turn, command.slots);
  for (const GivenSlot& given : parted.fresh) {
    bool taken = TakeValue(turn, given);
    refused |= !taken && given.slot == asked;
  }
  if (refused) Speak(turn, "slot_invalid");
  if (!parted.corrections.empty()) {
    const auto& all = parted.corrections;
    CorrectValue(turn, {all.front(), {all.begin() + 1, all.end()}});
    return;
  }
  RunFlows(turn);
}

void AskFrontAgain(Turn& turn, const AskAgain& command) {
  Front front = FrontOf(turn);
  if (!front || front.step == nullptr) return;
  const int64_t instance = front.instance->instance;
  if (front.instance->confirmation) {
    turn.Emit(SlotRefused{instance, "confirm", command.why});
    if (MissesOf(*FrontOf(turn).instance, "confirm") >=
        turn.bundle.policy.limits.attempts_per_slot) {
      HandOffFront(turn, "repeated_failure");
      return;
    }
    Speak(turn, "ask_yes_no");
    RunFlows(turn);
    return;
  }
  const std::string slot = front.instance->asked;
  if (!slot.empty()) turn.Emit(SlotRefused{instance, slot, command.why});
  if (!command.options.empty()) {
    const Front now = FrontOf(turn);
    if (MissesOf(*now.instance, slot) >= turn.bundle.policy.limits.attempts_per_slot) {
      HandOffFront(turn, "repeated_failure");
      return;
    }
    AskBetween(turn, slot, command.options);
    return;
  }
  RunFlows(turn);
}

void SkipAsked(Turn& turn) {
  Front front = FrontOf(turn);
  if (!front) return;
  const SlotSpec* slot = front.flow->FindSlot(front.instance->asked);
  if (slot == nullptr || !slot->optional) {
    AskFrontAgain(turn, {"dont_know", {}});
    return;
  }
  turn.Emit(SlotSet{front.instance->instance, front.instance->asked, nullptr, "", "", "customer",
                    false, nullptr});
  RunFlows(turn);
}

}  // namespace frontdesk::dialog
