// The stack of flows: start, run, suspend, resume, end.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dialog/flows/front.h"
#include "dialog/flows/machine.h"

namespace frontdesk::dialog {
namespace {

const FlowInstance* Waiting(const State& state, std::string_view flow) {
  for (const FlowInstance& instance : state.stack) {
    if (instance.flow == flow) return &instance;
  }
  return nullptr;
}

// Who was asked for, never what was wanted: an order number or a contact stays the same, a choice does
// not.
bool StaysTheSame(SlotType type) {
  return type == SlotType::kOrderNumber || type == SlotType::kEmail || type == SlotType::kPhone ||
         type == SlotType::kName;
}

// Values of flows of this conversation, for slots of the same name and type: of the one that was left
// for this one, then of those that ended, latest first. An order that was named without a wish is the
// one that the wish is about.
void CarryOver(Turn& turn, const Flow& flow, int64_t instance) {
  const State& state = turn.state();
  for (const SlotSpec& slot : flow.slots) {
    if (!slot.carry || !StaysTheSame(slot.type)) continue;
    const auto found = [&](const std::map<std::string, SlotState>& slots) -> const SlotState* {
      const auto held = slots.find(slot.name);
      const bool fits = held != slots.end() && held->second.type == NameOf(slot.type);
      return fits && !held->second.value.is_null() ? &held->second : nullptr;
    };
    const SlotState* carried = nullptr;
    for (auto at = state.stack.rbegin(); carried == nullptr && at != state.stack.rend(); ++at) {
      if (at->instance != instance) carried = found(at->slots);
    }
    for (auto at = state.finished.rbegin(); carried == nullptr && at != state.finished.rend(); ++at)
      carried = found(at->slots);
    if (carried != nullptr) {
      const SlotState value = *carried;
      turn.Emit(SlotSet{instance, slot.name, value.value, value.type, value.surface, "carried", false,
                        nullptr});
    } else if (slot.type == SlotType::kOrderNumber && !state.last_order.empty()) {
      turn.Emit(SlotSet{instance, slot.name, state.last_order, std::string(NameOf(slot.type)),
                        state.last_order, "carried", false, nullptr});
    }
  }
}

// Slots that were asked for on the way since the last visit of a step: a loop back to it
// asks for them again.
std::set<std::string> AskedSince(const Front& front, const std::string& id) {
  std::set<std::string> slots;
  const auto& trace = front.instance->trace;
  for (auto at = std::find(trace.begin(), trace.end(), id); at != trace.end(); ++at) {
    const Step* step = front.flow->FindStep(*at);
    if (step == nullptr) continue;
    if (auto* collect = std::get_if<CollectStep>(&step->action)) slots.insert(collect->slot);
    if (auto* verify = std::get_if<VerifyStep>(&step->action); verify && !verify->slot.empty()) {
      slots.insert(verify->slot);
    }
  }
  std::erase_if(slots,
                [&](const std::string& slot) { return !front.instance->slots.contains(slot); });
  return slots;
}

// Starts what waits behind when the flow in front has ended.
bool BringUpNext(Turn& turn) {
  const FlowInstance* next = turn.state().front();
  if (next == nullptr) return false;
  const Flow* flow = turn.bundle.FindFlow(next->flow);
  const bool fresh = next->trace.empty();
  const int64_t instance = next->instance;
  turn.Emit(FlowResumed{instance});
  if (flow == nullptr) {
    EndFront(turn, "failed");
    return true;
  }
  Speak(turn, fresh ? "next_up" : "resumed", {{"flow", flow->label.In(turn.state().language)}});
  if (fresh) Enter(turn, flow->steps.front().id, "start");
  return true;
}

}  // namespace

nlohmann::json ScopeOf(const Turn& turn, const Front& front) {
  return MakeScope(turn.state(), front.instance, front.flow, turn.bundle, turn.now);
}

Front FrontOf(const Turn& turn) {
  Front front;
  front.instance = turn.state().front();
  if (front.instance == nullptr) return front;
  front.flow = turn.bundle.FindFlow(front.instance->flow);
  if (front.flow != nullptr) front.step = front.flow->FindStep(front.instance->step);
  return front;
}

StepResult GoOn(Turn& turn, const Front& front) {
  const Step& step = *front.step;
  if (!step.next.empty()) return StepResult::Go(step.next, "next");
  EndFront(turn, step.end.empty() ? "completed" : step.end);
  return StepResult::Ended();
}

void Enter(Turn& turn, std::string id, std::string because) {
  Front front = FrontOf(turn);
  if (!front) return;
  const Step* step = front.flow->FindStep(id);
  if (step == nullptr) return;
  auto visits = front.instance->visits.find(id);
  int64_t visit = visits == front.instance->visits.end() ? 0 : visits->second;
  const bool rewind = std::string_view(because).substr(0, 6) == "rewind";
  if (!rewind && step->at_most > 0 && visit >= step->at_most) {
    Enter(turn, step->then, "then");
    return;
  }
  const std::set<std::string> again = rewind ? std::set<std::string>() : AskedSince(front, id);
  const int64_t instance = front.instance->instance;
  turn.Emit(StepEntered{instance, id, visit + 1, std::move(because)});
  if (again.empty()) return;
  for (const std::string& slot : again)
    turn.Emit(Invalidated{instance, "slot", slot, "asked_again"});
  VoidDependents(turn, again, "asked_again");
}

void EndFront(Turn& turn, std::string_view outcome) {
  Front front = FrontOf(turn);
  if (front.instance == nullptr) return;
  if (front.instance->confirmation) {
    turn.Emit(ConfirmationClosed{front.instance->instance, front.instance->confirmation->step,
                                 "dropped"});
  }
  front = FrontOf(turn);
  turn.Emit(FlowEnded{front.instance->instance, std::string(outcome), front.instance->step});
}

StepResult HandOffFront(Turn& turn, std::string reason, std::string team, int64_t priority) {
  if (!turn.handoff || turn.handoff->priority < priority) {
    turn.handoff = HandOff{std::move(reason), std::move(team), priority, ""};
    // What the agent reads is the flow as it stood, so it is kept from before its end.
    if (const FlowInstance* front = turn.state().front()) turn.handed_flow = *front;
  }
  EndFront(turn, "handed_off");
  return StepResult::Ended();
}

void RunFlows(Turn& turn) {
  while (turn.log.ok()) {
    Front front = FrontOf(turn);
    if (front.instance == nullptr) return;
    if (!front || front.step == nullptr) {  // a flow or step that this bundle no longer has
      turn.failed = "flow_missing";
      HandOffFront(turn, "flow_missing");
      continue;
    }
    if (turn.state().turn && turn.state().turn->steps > turn.bundle.policy.limits.steps_per_turn) {
      turn.failed = "step_budget";
      HandOffFront(turn, "step_budget");
      return;
    }
    StepResult result = Perform(turn, front);
    if (result.what == StepResult::kWait) {
      turn.started_flow = true;
      return;
    }
    if (result.what == StepResult::kGo) Enter(turn, result.to, result.because);
    // After an end, what waits behind goes on; a human takes over with all of it suspended.
    if (result.what == StepResult::kEnded && (turn.handoff || !BringUpNext(turn))) return;
  }
}

void StartFlowNow(Turn& turn, const StartFlow& command) {
  const Flow* flow = turn.bundle.FindFlow(command.flow);
  if (flow == nullptr) return;
  const State& state = turn.state();
  if (const FlowInstance* waiting = Waiting(state, command.flow)) {
    // Already begun: bring it to the front instead of starting it twice.
    const int64_t instance = waiting->instance;
    if (state.front()->instance != instance) {
      turn.Emit(FlowSuspended{state.front()->instance});
      turn.Emit(FlowResumed{instance});
    }
    if (state.front()->trace.empty()) {
      for (const GivenSlot& given : command.slots) TakeValue(turn, given);
      Enter(turn, flow->steps.front().id, "start");
      RunFlows(turn);
      return;
    }
    ContinueFront(turn, {command.slots});
    return;
  }
  const bool queued = turn.started_flow && state.front() != nullptr;
  if (!queued && state.front() != nullptr) turn.Emit(FlowSuspended{state.front()->instance});
  if (static_cast<int64_t>(state.stack.size()) >= turn.bundle.policy.limits.stack) {
    turn.Emit(FlowEnded{state.stack.front().instance, "cancelled", state.stack.front().step});
  }
  const int64_t instance = state.instances + 1;
  turn.Emit(FlowStarted{instance, flow->name, command.intent, queued});
  CarryOver(turn, *flow, instance);
  for (const GivenSlot& given : command.slots) {
    const SlotSpec* slot = flow->FindSlot(given.slot);
    // An address for verification belongs to no slot of the flow.
    const bool fits = slot == nullptr
                          ? given.slot == kEmailSlot
                          : WrongWith(*slot, given.value, *turn.log.state().front(), turn).empty();
    if (fits) {
      turn.Emit(SlotSet{instance, given.slot, given.value, given.type, given.surface, "customer",
                        false, nullptr});
    }
  }
  if (queued) return;
  Enter(turn, flow->steps.front().id, "start");
  RunFlows(turn);
}

void CancelFront(Turn& turn, bool everything) {
  Front front = FrontOf(turn);
  if (front.instance == nullptr) {
    Speak(turn, "nothing_to_cancel");
    return;
  }
  const std::string label = front.flow != nullptr ? front.flow->label.In(turn.state().language)
                                                  : front.instance->flow;
  EndFront(turn, "cancelled");
  while (everything && turn.state().front() != nullptr && turn.log.ok())
    EndFront(turn, "cancelled");
  Speak(turn, "cancelled", {{"flow", label}});
  if (BringUpNext(turn)) RunFlows(turn);
}

bool ResumeWaiting(Turn& turn) {
  const FlowInstance* front = turn.state().front();
  if (front == nullptr || !front->suspended || !turn.state().assistant_owns()) return false;
  if (BringUpNext(turn)) RunFlows(turn);
  return true;
}

void AskOpenQuestion(Turn& turn) {
  Front front = FrontOf(turn);
  if (!front || front.step == nullptr) return;
  RunFlows(turn);
}

}  // namespace frontdesk::dialog
