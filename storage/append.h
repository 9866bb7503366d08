// One atomic step of a conversation: everything in an AppendRequest is committed, or nothing is.
//
// Values. Example: record that an agent took over, fenced against a turn that still runs:
//
//   AppendRequest request{.conversation = id, .events = {{"agent_claimed", body}}};
//   request.owner = OwnerChange{.expected_epoch = 4, .owner = "agent-7"};    // epoch becomes 5
//   request.queue = QueueUpdate{.action = QueueUpdate::Action::kClaim, .agent = AgentId("agent-7"),
//   …};
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/conversation.h"
#include "storage/event.h"
#include "storage/ids.h"
#include "storage/ledger.h"
#include "storage/queue.h"
#include "storage/vault.h"

namespace frontdesk::storage {

// owner: "assistant", "queue" or an agent's id. The epoch grows by one.
struct OwnerChange {
  int64_t expected_epoch = 0;
  std::string owner;
};

// request is checked first, so that a resend is recognised whatever happened since; then the other
// fields in their order. The first check that fails decides the Status.
struct AppendRequest {
  ConversationId conversation;            // NOT_FOUND when unknown; FAILED_PRECONDITION when erased
  std::vector<NewEvent> events;           // may be empty
  std::optional<int64_t> expected_epoch;  // FAILED_PRECONDITION when another is current
  std::optional<int64_t> expected_last_sequence;  // ABORTED when another is current
  std::optional<OwnerChange> owner;               // FAILED_PRECONDITION when the epoch is another
  // Binds the conversation to a person and re-wraps its data key by that person's key.
  // FAILED_PRECONDITION when it is bound to another person; no effect when bound to the same.
  std::optional<CustomerId> bind_customer;
  std::vector<LedgerUpdate> ledger;
  std::vector<VaultEntry> vault;  // FAILED_PRECONDITION when a token already has another value
  // Same id and body as before: ALREADY_EXISTS (see Store::FindRequest); other body:
  // INVALID_ARGUMENT.
  std::optional<RequestKey> request;
  std::optional<QueueUpdate> queue;
  std::optional<std::string> state_tag;     // "open", "waiting", "human", "ended"
  std::optional<int64_t> idle_deadline_ms;  // set it; 0 clears it; unset leaves it
  int64_t now_ms = 0;                       // Unix time of the step; 0 leaves updated_ms as it is
};

// first_sequence = last_sequence + 1 when there were no events.
struct AppendResult {
  int64_t first_sequence = 0;
  int64_t last_sequence = 0;
  int64_t epoch = 0;
};

}  // namespace frontdesk::storage
