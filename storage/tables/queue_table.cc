#include "storage/tables/queue_table.h"

#include <string>

namespace frontdesk::storage::tables {
namespace {

using sqlite::Connection;
using sqlite::Query;

// The append's events come after the conversation's last.
absl::Status Enqueue(Connection& db, const Conversation& conversation, const QueueUpdate& update,
                     int64_t now_ms) {
  std::optional<int64_t> reason_event;
  if (update.reason_event.has_value()) {
    reason_event = conversation.last_sequence + 1 + static_cast<int64_t>(*update.reason_event);
  }
  Query upsert(db,
               "INSERT INTO queue (conversation, reason, team, priority, since_ms, claimed_by,"
               " lease_until_ms, reason_event) VALUES (?1, ?2, ?3, ?4, ?5, NULL, 0, ?6)"
               " ON CONFLICT (conversation) DO UPDATE SET reason = ?2, team = ?3, priority = ?4,"
               " since_ms = ?5, claimed_by = NULL, lease_until_ms = 0,"
               " reason_event = coalesce(?6, reason_event)");
  return upsert
      .Bind(conversation.position, update.reason, update.team, update.priority, now_ms,
            reason_event)
      .Run();
}

absl::Status Claim(Connection& db, const Conversation& conversation, const QueueUpdate& update,
                   int64_t now_ms) {
  if (update.agent.empty() || update.lease_until_ms <= now_ms) {
    return absl::InvalidArgumentError("a claim needs an agent and a lease that ends in the future");
  }
  Query query(db, "SELECT claimed_by, lease_until_ms FROM queue WHERE conversation = ?1");
  query.Bind(conversation.position);
  if (!query.Next()) {
    if (!query.status().ok()) return query.status();
    return absl::NotFoundError("conversation " + conversation.id.value() + " is not in the queue");
  }
  const bool mine = query.Text(0) == update.agent.value();
  const bool running = !query.IsNull(0) && query.Int(1) > now_ms;
  if (update.action == QueueUpdate::Action::kRenew && !mine) {
    return absl::FailedPreconditionError("the claim on conversation " + conversation.id.value() +
                                         " is not this agent's");
  }
  if (running && !mine) {
    return absl::FailedPreconditionError("conversation " + conversation.id.value() +
                                         " is claimed by another agent");
  }
  Query claim(db, "UPDATE queue SET claimed_by = ?2, lease_until_ms = ?3 WHERE conversation = ?1");
  return claim.Bind(conversation.position, update.agent.value(), update.lease_until_ms).Run();
}

}  // namespace

absl::Status ApplyQueueUpdate(Connection& db, const Conversation& conversation,
                              const QueueUpdate& update, int64_t now_ms) {
  switch (update.action) {
    case QueueUpdate::Action::kEnqueue:
      return Enqueue(db, conversation, update, now_ms);
    case QueueUpdate::Action::kClaim:
    case QueueUpdate::Action::kRenew:
      return Claim(db, conversation, update, now_ms);
    case QueueUpdate::Action::kRelease: {
      Query release(
          db, "UPDATE queue SET claimed_by = NULL, lease_until_ms = 0 WHERE conversation = ?1");
      return release.Bind(conversation.position).Run();
    }
    case QueueUpdate::Action::kRemove: {
      Query remove(db, "DELETE FROM queue WHERE conversation = ?1");
      return remove.Bind(conversation.position).Run();
    }
  }
  return absl::InvalidArgumentError("unknown action on the queue");
}

absl::StatusOr<std::vector<QueueEntry>> SelectQueue(Connection& db, const QueueFilter& filter) {
  std::string sql =
      "SELECT c.id, q.reason, q.team, q.priority, q.since_ms, q.claimed_by, q.lease_until_ms,"
      " q.reason_event"
      " FROM queue q JOIN conversations c ON c.position = q.conversation WHERE 1";
  if (filter.team.has_value()) sql += " AND q.team = ?1";
  if (filter.claimable_at_ms.has_value()) {
    sql += " AND (q.claimed_by IS NULL OR q.lease_until_ms <= ?2)";
  }
  if (filter.expired_at_ms.has_value()) {
    sql += " AND q.claimed_by IS NOT NULL AND q.lease_until_ms <= ?3";
  }
  // ?4 is always used, so every parameter before it may be bound.
  sql += " ORDER BY q.priority DESC, q.since_ms, q.conversation LIMIT ?4";
  Query query(db, sql);
  query.Bind(filter.team, filter.claimable_at_ms, filter.expired_at_ms, filter.limit);
  std::vector<QueueEntry> entries;
  while (query.Next()) {
    QueueEntry entry;
    entry.conversation = ConversationId(query.Text(0));
    entry.reason = query.Text(1);
    entry.team = query.Text(2);
    entry.priority = static_cast<int32_t>(query.Int(3));
    entry.since_ms = query.Int(4);
    if (!query.IsNull(5)) entry.claimed_by = AgentId(query.Text(5));
    entry.lease_until_ms = query.Int(6);
    entry.reason_event = query.OptionalInt(7).value_or(0);
    entries.push_back(std::move(entry));
  }
  if (!query.status().ok()) return query.status();
  return entries;
}

}  // namespace frontdesk::storage::tables
