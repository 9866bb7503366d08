// Tools that a human agent runs: the same ledger and the same key discipline as a
// flow's writes, recorded as the agent's act.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dialog/effects/live_effects.h"
#include "server/grpc_status.h"
#include "server/turns/conversations.h"
#include "server/turns/setup.h"

namespace frontdesk::server {
namespace {

storage::LedgerState StateAfter(tools::ToolResult::Outcome outcome) {
  using Outcome = tools::ToolResult::Outcome;
  switch (outcome) {
    case Outcome::kOk:
      return storage::LedgerState::kDone;
    case Outcome::kUnknown:
    case Outcome::kTimeout:
      return storage::LedgerState::kUnknown;
    case Outcome::kNotFound:
    case Outcome::kRejected:
    case Outcome::kUnavailable:
      return storage::LedgerState::kFailed;
  }
  return storage::LedgerState::kUnknown;
}

dialog::EncodedEvent ActEvent(const AgentToolCall& call, nlohmann::json detail, absl::Time now) {
  detail["tool"] = call.tool;
  return dialog::EncodeEvent(dialog::AgentActed{.agent = call.agent,
                                                .action = "tool",
                                                .detail = dialog::CanonicalJson(detail),
                                                .now_ms = absl::ToUnixMillis(now)});
}

}  // namespace

absl::StatusOr<tools::ToolResult> Conversations::RunTool(const storage::ConversationId& id,
                                                         const AgentToolCall& request) {
  const absl::StatusOr<storage::Conversation> row = world_.store.GetConversation(id);
  if (!row.ok()) return row.status();
  if (row->epoch != request.epoch || row->owner != request.agent) {
    return absl::AbortedError("another owner has taken the conversation over; read it again");
  }
  const auto assistant = world_.versions.For(row->bundle_version);
  if (!assistant.ok()) return assistant.status();
  const tools::ToolSpec* spec = (*assistant)->registry.Find(request.tool);
  if (spec == nullptr) return InvalidField("tool", "is not a tool of this bundle");
  const TurnSetup setup(world_, redactor_, *assistant);
  dialog::LiveEffects effects(id, row->epoch, setup.live, {});

  tools::ToolCall call;
  call.tool = request.tool;
  call.arguments = request.arguments;
  call.now = effects.Now();
  call.confirmed = request.confirmed;
  call.principal.role = tools::Role::kAgent;
  call.principal.id = request.agent;
  call.principal.customer_id = row->customer ? row->customer->value() : "";
  call.principal.verification = tools::Verification::kIdentity;
  // The request's id takes the place of a step visit: a resend is the same write.
  call.idempotency_key = effects.WriteKey({.step = absl::StrCat("agent ", request.request_id),
                                           .tool = request.tool,
                                           .arguments = request.arguments});
  const bool write = spec->effect == tools::Effect::kWrite;
  if (write) {
    const auto entry = world_.store.GetLedger(call.idempotency_key);
    if (entry.ok() && entry->has_value() && (*entry)->state == storage::LedgerState::kDone) {
      return tools::ResultFromJson(nlohmann::json::parse((*entry)->result, nullptr, false));
    }
    const absl::Status prepared = effects.Commit(
        {.events = {ActEvent(request, {{"state", "prepared"}, {"arguments", request.arguments}},
                             call.now)},
         .ledger = {{.key = call.idempotency_key,
                     .state = storage::LedgerState::kPrepared,
                     .tool = request.tool,
                     .resource = tools::ResourceOf(*spec, request.arguments, call.principal),
                     .arguments = dialog::CanonicalText(dialog::CanonicalJson(request.arguments))}},
         .now_ms = absl::ToUnixMillis(call.now)});
    if (!prepared.ok()) return prepared;
  }
  const dialog::ToolOutcome outcome = effects.CallTool(call);
  dialog::CommitRequest done;
  done.events = {ActEvent(
      request, {{"state", "returned"}, {"result", tools::ToJson(outcome.result)}}, outcome.at)};
  done.now_ms = absl::ToUnixMillis(outcome.at);
  if (write && !outcome.blocked) {
    done.ledger = {{.key = call.idempotency_key,
                    .state = StateAfter(outcome.result.outcome),
                    .result = dialog::CanonicalText(tools::ToJson(outcome.result))}};
  }
  if (absl::Status committed = effects.Commit(done); !committed.ok()) return committed;
  return outcome.result;
}

int64_t Conversations::CustomerValue(const storage::ConversationId& id) {
  constexpr absl::Duration kWait = absl::Seconds(2);
  const absl::StatusOr<storage::Conversation> row = world_.store.GetConversation(id);
  if (!row.ok() || !row->customer) return 0;
  const auto assistant = world_.versions.For(row->bundle_version);
  if (!assistant.ok()) return 0;
  tools::ToolCall call;
  call.tool = "customers.get";
  call.now = absl::Now();
  call.principal.role = tools::Role::kSupervisor;
  call.principal.id = "queue";
  call.principal.customer_id = row->customer->value();
  call.principal.verification = tools::Verification::kIdentity;
  const tools::ToolResult result = (*assistant)->registry.Call(call, absl::Now() + kWait);
  const auto spent = result.value.is_object() ? result.value.find("spent") : result.value.end();
  return result.ok() && spent != result.value.end() && spent->is_number_integer()
             ? spent->get<int64_t>()
             : 0;
}

}  // namespace frontdesk::server
