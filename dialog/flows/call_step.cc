// Tool calls: reads that are reused while they hold, writes that happen once and
// only as confirmed, offers.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialog/flows/confirmation.h"
#include "dialog/flows/front.h"
#include "dialog/screen/screen.h"
#include "spdlog/spdlog.h"

namespace frontdesk::dialog {
namespace {

using tools::ToolResult;

// One call of a step, with everything its events name.
struct Call {
  const Step& step;
  const tools::ToolSpec& spec;
  nlohmann::json arguments;
  std::string save;
};

tools::ToolCall Request(const Turn& turn, const Call& call, std::string key) {
  tools::ToolCall request;
  request.tool = call.spec.name;
  request.arguments = call.arguments;
  request.idempotency_key = std::move(key);
  request.principal = PrincipalOf(turn);
  request.now = turn.now;
  request.confirmed = call.spec.effect == tools::Effect::kWrite;
  return request;
}

std::string OutcomeName(const ToolOutcome& outcome) {
  return outcome.blocked ? "blocked" : std::string(tools::Name(outcome.result.outcome));
}

// Records what a tool returned, without the texts of it that speak to the assistant.
void Record(Turn& turn, int64_t instance, const Call& call, ToolOutcome& outcome) {
  nlohmann::json message = outcome.result.message;
  bool withheld = WithholdInstructions(outcome.result.value, turn.bundle.screen);
  withheld |= WithholdInstructions(message, turn.bundle.screen);
  outcome.result.message = message.get<std::string>();
  turn.Emit(ToolReturned{instance, call.step.id, call.spec.name, call.arguments,
                         std::string(tools::Name(call.spec.effect)), OutcomeName(outcome),
                         CanonicalJson(outcome.result.value), outcome.result.message, call.save,
                         absl::ToUnixMillis(outcome.at)});
  if (outcome.result.outcome == ToolResult::Outcome::kUnavailable ||
      outcome.result.outcome == ToolResult::Outcome::kTimeout) {
    turn.Emit(Degraded{"tool:" + call.spec.name, OutcomeName(outcome)});
  }
  if (withheld) turn.Emit(Degraded{"tool:" + call.spec.name, "instructions_withheld"});
}

ToolOutcome Read(Turn& turn, int64_t instance, const Call& call) {
  ToolOutcome outcome = turn.effects.CallTool(Request(turn, call, ""));
  Record(turn, instance, call, outcome);
  return outcome;
}

// prepared is committed before the call, the result after it.
ToolOutcome Write(Turn& turn, const Front& front, const Call& call) {
  const int64_t instance = front.instance->instance;
  const int64_t visit = front.instance->visits.at(call.step.id);
  tools::ToolCall request = Request(
      turn, call,
      turn.effects.WriteKey({instance, call.step.id, visit, call.spec.name, call.arguments}));
  const std::string resource = tools::ResourceOf(call.spec, call.arguments, request.principal);
  turn.Emit(ToolPrepared{instance, call.step.id, visit, call.spec.name, call.arguments,
                         request.idempotency_key, resource});
  turn.log.next().ledger.push_back({request.idempotency_key, storage::LedgerState::kPrepared,
                                    call.spec.name, resource, CanonicalText(call.arguments), ""});
  ToolOutcome outcome;
  if (!turn.log.Commit(turn.now).ok()) return outcome;
  outcome = turn.effects.CallTool(request);
  Record(turn, instance, call, outcome);
  if (!outcome.blocked) {
    storage::LedgerUpdate update;
    update.key = request.idempotency_key;
    const auto what = outcome.result.outcome;
    update.state = what == ToolResult::Outcome::kUnknown || what == ToolResult::Outcome::kTimeout
                       ? storage::LedgerState::kUnknown
                   : what == ToolResult::Outcome::kUnavailable ? storage::LedgerState::kFailed
                                                               : storage::LedgerState::kDone;
    update.result = CanonicalText(tools::ToJson(outcome.result));
    turn.log.next().ledger.push_back(std::move(update));
  }
  turn.log.Commit(turn.now).IgnoreError();  // sticky: the turn stops at its next step
  return outcome;
}

const std::string* ArmFor(const CallStep& step, const ToolOutcome& outcome, bool write) {
  auto arm = [&](const std::string& name) -> const std::string* {
    auto found = step.on.find(name);
    return found == step.on.end() ? nullptr : &found->second;
  };
  if (outcome.result.value.is_object()) {
    std::string reason = outcome.result.value.value("reason", "");
    if (const std::string* to = reason.empty() ? nullptr : arm(reason)) return to;
  }
  switch (outcome.result.outcome) {
    case ToolResult::Outcome::kNotFound:
      return arm("not_found");
    case ToolResult::Outcome::kRejected:
      return outcome.blocked ? arm("unknown") : arm("rejected");
    case ToolResult::Outcome::kUnavailable:
      return arm("unavailable");
    // A write that timed out may have happened: only an arm for doubt may take it.
    case ToolResult::Outcome::kTimeout:
      return write ? arm("unknown") : arm("unavailable");
    default:
      return arm("unknown");
  }
}

StepResult AfterFailure(Turn& turn, const CallStep& step, const ToolOutcome& outcome, bool write) {
  const std::string name = OutcomeName(outcome);
  if (const std::string* to = ArmFor(step, outcome, write)) {
    return StepResult::Go(*to, absl::StrCat("on ", name));
  }
  const bool doubt = outcome.blocked || outcome.result.outcome == ToolResult::Outcome::kUnknown ||
                     (write && outcome.result.outcome == ToolResult::Outcome::kTimeout);
  Speak(turn, doubt ? "write_unknown" : "tool_down");
  return HandOffFront(turn, doubt ? "write_unknown" : absl::StrCat("tool_", name), "",
                      doubt ? 1 : 0);
}

// Back to the confirmation that bound something else than what would happen now.
StepResult ConfirmAgain(Turn& turn, const Front& front, const std::string& confirm_step) {
  Speak(turn, "confirm_changed");
  return StepResult::Go(confirm_step, "rewind changed");
}

// Reads again what the confirmation was based on. True when all of it still holds.
bool StillHolds(Turn& turn, const Front& front, const ConfirmationAsked& confirmed) {
  const int64_t instance = front.instance->instance;
  for (const std::string& name : confirmed.reads) {
    const SavedResult saved = front.instance->results.at(name);
    const Step* step = front.flow->FindStep(saved.step);
    const tools::ToolSpec* spec = turn.bundle.tools.Find(saved.tool);
    if (step == nullptr || spec == nullptr || spec->effect != tools::Effect::kRead) continue;
    ToolOutcome outcome = Read(turn, instance, {*step, *spec, saved.arguments, name});
    if (!outcome.result.ok()) return false;
  }
  return DigestOfReads(*FrontOf(turn).instance, confirmed.reads) == confirmed.reads_digest;
}

// Whether the yes that was given allows this write. Empty: it does.
std::optional<StepResult> CheckConfirmed(Turn& turn, const Front& front, const Call& call) {
  if (!call.spec.confirm) return std::nullopt;
  if (!front.instance->confirmed) {
    // The loader proved that a confirmation stands before this step; it was used up by
    // an earlier write or dropped by a correction, so the flow must ask again.
    for (auto id = front.instance->trace.rbegin(); id != front.instance->trace.rend(); ++id) {
      const Step* step = front.flow->FindStep(*id);
      if (step != nullptr && std::holds_alternative<ConfirmStep>(step->action)) {
        return ConfirmAgain(turn, front, step->id);
      }
    }
    turn.failed = absl::StrCat("step ", front.flow->name, ".", call.step.id, ": no confirmation");
    return HandOffFront(turn, "step_failed");
  }
  const ConfirmationAsked confirmed = *front.instance->confirmed;
  if (confirmed.tool != call.spec.name || confirmed.arguments != call.arguments ||
      !StillHolds(turn, front, confirmed)) {
    turn.Emit(ConfirmationClosed{confirmed.instance, confirmed.step, "changed"});
    return ConfirmAgain(turn, FrontOf(turn), confirmed.step);
  }
  return std::nullopt;
}

}  // namespace

tools::Principal PrincipalOf(const Turn& turn) {
  const State& state = turn.state();
  tools::Principal principal;
  principal.role = tools::Role::kCustomer;
  principal.id = turn.conversation.value();
  principal.customer_id = state.customer;
  principal.verified_orders.assign(state.verified_orders.begin(), state.verified_orders.end());
  if (!state.verified_orders.empty()) principal.verification = tools::Verification::kOrder;
  if (state.signed_identity) principal.verification = tools::Verification::kIdentity;
  for (const auto& [purpose, granted] : state.consents) {
    if (granted) principal.consents.push_back(purpose);
  }
  return principal;
}

absl::StatusOr<nlohmann::json> Arguments(const std::map<std::string, Template>& with,
                                         const nlohmann::json& scope, const Style& style) {
  nlohmann::json arguments = nlohmann::json::object();
  for (const auto& [name, text] : with) {
    const bool one_hole = text.parts.size() == 1 && text.parts[0].literal.empty() &&
                          !text.parts[0].path.empty() && text.parts[0].filters.empty();
    if (one_hole) {
      const nlohmann::json& value = AtPath(scope, text.parts[0].path);
      // Absent: the tool's own check decides. An amount slot is cents with a currency,
      // tools take cents.
      if (value.is_object() && value.contains("cents"))
        arguments[name] = value["cents"];
      else if (!value.is_null())
        arguments[name] = value;
      continue;
    }
    absl::StatusOr<std::string> rendered = Render(text, scope, style);
    if (!rendered.ok()) return rendered.status();
    if (text.paths.empty()) {
      // A constant: true, false and integers keep their type.
      nlohmann::json constant = nlohmann::json::parse(*rendered, nullptr, false);
      if (constant.is_boolean() || constant.is_number_integer()) {
        arguments[name] = constant;
        continue;
      }
    }
    arguments[name] = *rendered;
  }
  return arguments;
}

StepResult PerformCall(Turn& turn, const Front& front, const CallStep& step) {
  const tools::ToolSpec* spec = turn.bundle.tools.Find(step.tool);
  absl::StatusOr<nlohmann::json> arguments =
      Arguments(step.with, ScopeOf(turn, front), StyleOf(turn));
  if (spec == nullptr || !arguments.ok()) {
    turn.failed = absl::StrCat("step ", front.flow->name, ".", front.step->id, ": arguments");
    return HandOffFront(turn, "step_failed");
  }
  Call call{*front.step, *spec, *std::move(arguments), step.save};
  const bool write = spec->effect == tools::Effect::kWrite;
  if (write) {
    if (std::optional<StepResult> stop = CheckConfirmed(turn, front, call)) return *stop;
    ToolOutcome outcome = Write(turn, FrontOf(turn), call);
    if (!turn.log.ok()) return StepResult::Wait();
    if (outcome.result.ok() && !outcome.blocked) return GoOn(turn, FrontOf(turn));
    return AfterFailure(turn, step, outcome, true);
  }
  if (auto saved = front.instance->results.find(step.save);
      saved != front.instance->results.end() && !saved->second.stale &&
      saved->second.tool == step.tool && saved->second.arguments == call.arguments &&
      saved->second.at_ms + 10 * 60 * 1000 > turn.now_ms()) {
    return GoOn(turn, front);
  }
  ToolOutcome outcome = Read(turn, front.instance->instance, call);
  if (outcome.result.ok()) return GoOn(turn, FrontOf(turn));
  return AfterFailure(turn, step, outcome, false);
}

StepResult PerformOffer(Turn& turn, const Front& front, const OfferStep& step) {
  const tools::ToolSpec* spec = turn.bundle.tools.Find(step.tool);
  auto without = [&]() {
    return step.none.empty() ? GoOn(turn, FrontOf(turn)) : StepResult::Go(step.none, "none");
  };
  auto consented = [&] {
    auto found = turn.state().consents.find(spec->consent);
    return spec->consent.empty() || (found != turn.state().consents.end() && found->second);
  };
  if (spec == nullptr || !consented() ||
      (spec->verification != tools::Verification::kNone && turn.state().customer.empty())) {
    return without();
  }
  absl::StatusOr<nlohmann::json> arguments =
      Arguments(step.with, ScopeOf(turn, front), StyleOf(turn));
  if (!arguments.ok()) return without();
  ToolOutcome outcome =
      Read(turn, front.instance->instance, {*front.step, *spec, *arguments, step.save});
  if (!outcome.result.ok()) return without();
  const nlohmann::json text = outcome.result.value.is_object()
                                  ? outcome.result.value.value("text", nlohmann::json())
                                  : nlohmann::json();
  Front now = FrontOf(turn);
  if (!step.text.empty()) {
    if (!SayOfFlow(turn, now, step.text, 0)) return without();
  } else if (text.is_string()) {
    SayText(turn, text.get<std::string>(), "template",
            absl::StrCat(now.flow->name, ".", now.step->id));
  } else {
    return without();
  }
  return GoOn(turn, FrontOf(turn));
}

}  // namespace frontdesk::dialog
