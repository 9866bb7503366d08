// The table `conversations`: one row each, with the head of the chain and the wrapped data key.
//
// Functions on a connection the caller owns; a write happens inside the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/conversation.h"
#include "storage/sqlite/connection.h"
#include "storage/tables/data_keys.h"

namespace frontdesk::storage::tables {

struct ConversationRow {
  Conversation conversation;
  WrappedKey key;
  Digest chain_mac{};  // see HeadMac in event_table.h
  std::optional<int64_t> erased_ms;
};

// INVALID_ARGUMENT unless 1..128 characters of [A-Za-z0-9_.:-].
absl::Status CheckConversationId(const ConversationId& id);

absl::StatusOr<std::optional<ConversationRow>> FindConversation(sqlite::Connection& db,
                                                                const ConversationId& id);
// NOT_FOUND instead of nullopt.
absl::StatusOr<ConversationRow> LoadConversation(sqlite::Connection& db, const ConversationId& id);
absl::StatusOr<ConversationRow> LoadConversationAt(sqlite::Connection& db, int64_t position);

// Sets conversation.position. ALREADY_EXISTS when the id is taken.
absl::Status InsertConversation(sqlite::Connection& db, ConversationRow& row);
// Writes every column that may change.
absl::Status UpdateConversation(sqlite::Connection& db, const ConversationRow& row);

absl::StatusOr<std::vector<Conversation>> SelectConversations(sqlite::Connection& db,
                                                              const ConversationFilter& filter);
absl::StatusOr<std::vector<Conversation>> SelectIdle(sqlite::Connection& db, int64_t now_ms,
                                                     int limit);

}  // namespace frontdesk::storage::tables
