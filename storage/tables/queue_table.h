// The table `queue`: who waits for a person, and who has claimed them. Functions on a connection
// the caller owns.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/queue.h"
#include "storage/sqlite/connection.h"
#include "storage/tables/conversation_table.h"

namespace frontdesk::storage::tables {

// The rules stand in queue.h.
absl::Status ApplyQueueUpdate(sqlite::Connection& db, const Conversation& conversation,
                              const QueueUpdate& update, int64_t now_ms);
absl::StatusOr<std::vector<QueueEntry>> SelectQueue(sqlite::Connection& db,
                                                    const QueueFilter& filter);

}  // namespace frontdesk::storage::tables
