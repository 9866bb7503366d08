// The flow in front during one turn, and the moves every part of the machine makes:
// enter a step, end the flow, set or void a value. Private to dialog/flows/.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/flows/scope.h"
#include "dialog/say.h"
#include "dialog/turn.h"

namespace frontdesk::dialog {

// The instance in front with its flow; valid until the stack changes.
struct Front {
  const FlowInstance* instance = nullptr;
  const Flow* flow = nullptr;
  const Step* step = nullptr;  // where it stands; null before its first step

  explicit operator bool() const { return instance != nullptr && flow != nullptr; }
};
Front FrontOf(const Turn& turn);

// What carrying out a step led to.
struct StepResult {
  enum What { kWait, kGo, kEnded } what = kWait;
  std::string to;
  std::string because;

  static StepResult Wait() { return {kWait, "", ""}; }
  static StepResult Go(std::string to, std::string because) {
    return {kGo, std::move(to), std::move(because)};
  }
  static StepResult Ended() { return {kEnded, "", ""}; }
};

// Goes to `next` of the step, or ends the flow with its outcome.
StepResult GoOn(Turn& turn, const Front& front);

// Enters a step of the flow in front. `because` "rewind…" goes back in the trace and
// keeps values; anything else that comes back forgets the slots asked for since the last visit.
void Enter(Turn& turn, std::string step, std::string because);

// Ends the flow in front.
void EndFront(Turn& turn, std::string_view outcome);

// Asks for a human at the end of the turn and ends the flow in front.
StepResult HandOffFront(Turn& turn, std::string reason, std::string team = "",
                        int64_t priority = 0);

// Runs the flow in front, and those that wait behind it when it ends, until a
// question is asked or the step budget is spent.
void RunFlows(Turn& turn);

// Carries out the step where the flow in front stands. (steps.cc, call_step.cc, …)
StepResult Perform(Turn& turn, const Front& front);
StepResult PerformCollect(Turn& turn, const Front& front, const CollectStep& step);
StepResult PerformVerify(Turn& turn, const Front& front, const VerifyStep& step);
StepResult PerformCall(Turn& turn, const Front& front, const CallStep& step);
StepResult PerformConfirm(Turn& turn, const Front& front, const ConfirmStep& step);
StepResult PerformOffer(Turn& turn, const Front& front, const OfferStep& step);

// Times in a row a slot (or "confirm") was asked for in vain.
int64_t MissesOf(const FlowInstance& instance, const std::string& slot);

// Asks for a slot of the flow in front, in the wording of this miss.
void AskForSlot(Turn& turn, const Front& front, const SlotSpec& slot);

// Sets a slot when its value is valid; otherwise refuses it. True when set.
bool TakeValue(Turn& turn, const GivenSlot& given);

// Values for the flow in front, parted: those that correct one it holds, and the others. Taking a
// correction like any other value would leave standing what was made of the old one.
struct PartedValues {
  std::vector<GivenSlot> fresh, corrections;
};
PartedValues PartCorrections(const Turn& turn, const std::vector<GivenSlot>& values);

// Why a value does not fit, or "".
std::string WrongWith(const SlotSpec& slot, const nlohmann::json& value,
                      const FlowInstance& instance, const Turn& turn);

// Says a text of the flow in front. False (and failed set) when a hole has no value.
bool SayOfFlow(Turn& turn, const Front& front, const Texts& texts, int64_t variant);

// Everything that depends on the changed names: results, slots, the confirmation; voided
// with an event each. Returns the names voided.
std::set<std::string> VoidDependents(Turn& turn, const std::set<std::string>& changed,
                                     const std::string& because);
// First step of the trace that depends on one of the names, or "".
std::string FirstDependentStep(const Front& front, const std::set<std::string>& names);

// Arguments of a call with their types.
absl::StatusOr<nlohmann::json> Arguments(const std::map<std::string, Template>& with,
                                         const nlohmann::json& scope, const Style& style);

// The customer's rights at this moment.
tools::Principal PrincipalOf(const Turn& turn);

nlohmann::json ScopeOf(const Turn& turn, const Front& front);

}  // namespace frontdesk::dialog
