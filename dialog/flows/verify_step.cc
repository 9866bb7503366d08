// Verification: whose order it is, proven by its number and the address it was bought with.
#include "dialog/flows/front.h"

namespace frontdesk::dialog {
namespace {

// Misses of a verification are counted apart: a new address clears those of its slot.
constexpr const char* kVerification = "verification";

// The slot that `verify: order` reads its number from.
const SlotSpec* OrderSlotOf(const Flow& flow, const VerifyStep& step) {
  if (!step.slot.empty()) return flow.FindSlot(step.slot);
  for (const SlotSpec& slot : flow.slots) {
    if (slot.type == SlotType::kOrderNumber) return &slot;
  }
  return nullptr;
}

void AskEmail(Turn& turn, const Front& front) {
  const int64_t misses = MissesOf(*front.instance, kVerification);
  const int64_t instance = front.instance->instance;
  Speak(turn, misses == 0 ? "ask_order_email" : "verification_retry");
  turn.Emit(SlotAsked{instance, kEmailSlot, misses + 1, {}});
  turn.asked_last = true;
}

StepResult GiveUp(Turn& turn, const VerifyStep& step) {
  Speak(turn, "verification_failed");
  if (!step.failed.empty()) return StepResult::Go(step.failed, "failed");
  return HandOffFront(turn, "verification_failed");
}

// Holds order number and email against the CRM.
StepResult Check(Turn& turn, const Front& front, const VerifyStep& step, const std::string& order,
                 const std::string& email) {
  const int64_t instance = front.instance->instance;
  VerificationOutcome outcome = turn.effects.VerifyOrder(order, email);
  turn.Emit(VerificationChecked{instance, order, email, outcome.outcome, outcome.customer});
  if (outcome.outcome == "verified") {
    const std::string& known = turn.state().customer;
    if (!known.empty() && known != outcome.customer) {
      // Somebody else's order in a conversation that belongs to a person: not theirs to see.
      turn.Emit(SlotRefused{instance, kVerification, "other_customer"});
      return GiveUp(turn, step);
    }
    turn.Emit(CustomerBound{outcome.customer, "order", order});
    turn.log.next().bind_customer = outcome.customer;
    return GoOn(turn, FrontOf(turn));
  }
  if (outcome.outcome == "unavailable") {
    Speak(turn, "tool_down");
    return HandOffFront(turn, "tool_unavailable");
  }
  turn.Emit(SlotRefused{instance, kVerification, "not_verified"});
  turn.Emit(Invalidated{instance, "slot", kEmailSlot, "not_verified"});
  Front now = FrontOf(turn);
  if (MissesOf(*now.instance, kVerification) >= turn.bundle.policy.limits.attempts_per_slot) {
    return GiveUp(turn, step);
  }
  AskEmail(turn, now);
  return StepResult::Wait();
}

}  // namespace

StepResult PerformVerify(Turn& turn, const Front& front, const VerifyStep& step) {
  const State& state = turn.state();
  if (state.signed_identity) return GoOn(turn, front);
  if (step.level == VerifyStep::kIdentity) {
    if (!state.verified_orders.empty()) return GoOn(turn, front);
    Speak(turn, "identity_needed");
    if (!step.failed.empty()) return StepResult::Go(step.failed, "failed");
    return HandOffFront(turn, "identity_needed");
  }
  const SlotSpec* slot = OrderSlotOf(*front.flow, step);
  if (slot == nullptr) {
    // No order in this flow: any order that was verified proves who it is.
    if (!state.verified_orders.empty()) return GoOn(turn, front);
    Speak(turn, "identity_needed");
    return HandOffFront(turn, "identity_needed");
  }
  auto order = front.instance->slots.find(slot->name);
  if (order == front.instance->slots.end() || !order->second.value.is_string()) {
    if (MissesOf(*front.instance, slot->name) >= turn.bundle.policy.limits.attempts_per_slot) {
      return HandOffFront(turn, "repeated_failure");
    }
    AskForSlot(turn, front, *slot);
    return StepResult::Wait();
  }
  const std::string number = order->second.value.get<std::string>();
  if (state.verified_orders.contains(number)) return GoOn(turn, front);
  auto email = front.instance->slots.find(kEmailSlot);
  if (email != front.instance->slots.end() && email->second.value.is_string()) {
    return Check(turn, front, step, number, email->second.value.get<std::string>());
  }
  // The address that proved another order is tried before asking for it again.
  if (!state.verified_email.empty() && MissesOf(*front.instance, kVerification) == 0) {
    return Check(turn, front, step, number, state.verified_email);
  }
  if (MissesOf(*front.instance, kVerification) >= turn.bundle.policy.limits.attempts_per_slot) {
    return GiveUp(turn, step);
  }
  AskEmail(turn, front);
  return StepResult::Wait();
}

}  // namespace frontdesk::dialog
