// Confirmations: what a yes binds, when it has expired, what a no does.
#include <deque>
#include <set>

#include "absl/strings/str_cat.h"
#include "dialog/bundle/check_flow.h"
#include "dialog/bundle/check_paths.h"
#include "dialog/flows/confirmation.h"
#include "dialog/flows/front.h"
#include "dialog/flows/machine.h"
#include "storage/digest.h"

namespace frontdesk::dialog {
namespace {

// The write that a yes leads to before anything is asked again, or null.
const Step* WriteBehind(const Turn& turn, const Flow& flow, const std::string& yes) {
  std::set<std::string> seen;
  std::deque<std::string> open{yes};
  while (!open.empty()) {
    std::string id = open.front();
    open.pop_front();
    const Step* step = flow.FindStep(id);
    if (step == nullptr || !seen.insert(id).second) continue;
    if (std::holds_alternative<CollectStep>(step->action) ||
        std::holds_alternative<ConfirmStep>(step->action)) {
      continue;
    }
    if (auto* call = std::get_if<CallStep>(&step->action)) {
      const tools::ToolSpec* spec = turn.bundle.tools.Find(call->tool);
      if (spec != nullptr && spec->effect == tools::Effect::kWrite) return step;
    }
    for (const Edge& edge : EdgesOf(*step)) {
      if (edge.why == "next" || edge.why == "if" || edge.why == "else") open.push_back(edge.to);
    }
  }
  return nullptr;
}

// Saved results that the way to the confirmation read: its own text, the branches
// taken, and the write's arguments.
std::vector<std::string> ReadsOf(const Front& front, const Step* write) {
  std::set<std::string> roots;
  auto add = [&](const Step* step) {
    for (const std::string& path : step != nullptr ? PathsOf(*step) : std::vector<std::string>{}) {
      roots.insert(RootOf(path));
    }
  };
  add(front.step);
  add(write);
  for (const std::string& id : front.instance->trace) {
    const Step* step = front.flow->FindStep(id);
    if (step != nullptr && std::holds_alternative<BranchStep>(step->action)) add(step);
  }
  std::vector<std::string> reads;
  for (const auto& [name, result] : front.instance->results) {
    if (roots.contains(name)) reads.push_back(name);
  }
  return reads;
}

}  // namespace

std::string DigestOfReads(const FlowInstance& instance, const std::vector<std::string>& reads) {
  nlohmann::json values = nlohmann::json::object();
  for (const std::string& name : reads) {
    auto found = instance.results.find(name);
    values[name] = found == instance.results.end() ? nlohmann::json() : found->second.value;
  }
  return storage::ToHex(storage::Sha256(CanonicalText(values)));
}

StepResult PerformConfirm(Turn& turn, const Front& front, const ConfirmStep& step) {
  ConfirmationAsked asked;
  asked.instance = front.instance->instance;
  asked.step = front.step->id;
  asked.visit = front.instance->visits.at(front.step->id);
  asked.arguments = nlohmann::json::object();
  const Step* write = WriteBehind(turn, *front.flow, step.yes);
  if (write != nullptr) {
    const CallStep& call = std::get<CallStep>(write->action);
    asked.write_step = write->id;
    asked.tool = call.tool;
    absl::StatusOr<nlohmann::json> arguments =
        Arguments(call.with, ScopeOf(turn, front), StyleOf(turn));
    if (!arguments.ok()) {
      turn.failed =
          absl::StrCat("step ", front.flow->name, ".", write->id, ": an argument is missing");
      return HandOffFront(turn, "step_failed");
    }
    asked.arguments = *std::move(arguments);
  }
  asked.reads = ReadsOf(front, write);
  asked.reads_digest = DigestOfReads(*front.instance, asked.reads);
  asked.expires_ms =
      turn.now_ms() + absl::ToInt64Milliseconds(turn.bundle.policy.limits.confirmation);
  if (!SayOfFlow(turn, front, step.text, front.instance->visits.at(front.step->id) - 1)) {
    turn.failed =
        absl::StrCat("step ", front.flow->name, ".", front.step->id, ": a hole has no value");
    return HandOffFront(turn, "step_failed");
  }
  turn.Emit(std::move(asked));
  turn.asked_last = true;
  return StepResult::Wait();
}

void AnswerOpenConfirmation(Turn& turn, bool yes) {
  Front front = FrontOf(turn);
  if (!front || front.step == nullptr || !front.instance->confirmation) {
    RunFlows(turn);  // nothing was asked: what is open is put again
    return;
  }
  const ConfirmationAsked open = *front.instance->confirmation;
  const ConfirmStep* step = std::get_if<ConfirmStep>(&front.step->action);
  if (step == nullptr) return;
  if (yes && turn.now_ms() > open.expires_ms) {
    turn.Emit(ConfirmationClosed{open.instance, open.step, "expired"});
    Speak(turn, "confirm_expired");
    RunFlows(turn);  // asks the same step again
    return;
  }
  turn.Emit(ConfirmationClosed{open.instance, open.step, yes ? "yes" : "no"});
  Enter(turn, yes ? step->yes : step->no, yes ? "yes" : "no");
  RunFlows(turn);
}

}  // namespace frontdesk::dialog
