// The handoff queue: conversations that wait for a person, and who has claimed them until when.
//
// Values; rows change inside Store::Append, so a claim, its event and the change of owner are one
// transaction. A claim is a lease: after lease_until_ms another agent may claim the conversation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "storage/ids.h"

namespace frontdesk::storage {

// What an append does to its conversation's row in the queue. now_ms of the append decides expiry.
struct QueueUpdate {
  enum class Action {
    kEnqueue,  // adds or replaces the row, unclaimed; uses reason, team, priority, reason_event
    kClaim,  // agent takes it until lease_until_ms; FAILED_PRECONDITION when another's lease runs,
             // NOT_FOUND when it is not queued
    kRenew,  // the claiming agent prolongs; FAILED_PRECONDITION when the claim is another's
    kRelease,  // back to unclaimed, keeps its place
    kRemove,   // leaves the queue; no error when it was not in it
  };
  Action action = Action::kEnqueue;
  AgentId agent;
  int64_t lease_until_ms = 0;
  std::string reason;  // reason code, never a customer's words
  std::string team;
  int32_t priority = 0;  // higher first
  // Which of the append's events says why, counted from 0; unset: the row keeps what it has.
  // INVALID_ARGUMENT when the append has no such event.
  std::optional<size_t> reason_event;
};

struct QueueEntry {
  ConversationId conversation;
  std::string reason;
  std::string team;
  int32_t priority = 0;
  int64_t since_ms = 0;
  std::optional<AgentId> claimed_by;
  int64_t lease_until_ms = 0;  // 0 when unclaimed
  int64_t reason_event = 0;    // sequence of the newest event that says why; 0: none does
};

struct QueueFilter {
  std::optional<std::string> team;
  // Only rows that may be claimed at this time: unclaimed, or with an expired lease.
  std::optional<int64_t> claimable_at_ms;
  // Only rows whose lease has run out at this time.
  std::optional<int64_t> expired_at_ms;
  int limit = 1000;
};

}  // namespace frontdesk::storage
