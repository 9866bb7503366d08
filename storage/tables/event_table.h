// The table `events`: sealed bodies and the chain that holds them together.
//
// Functions on a connection the caller owns. docs/store_format.md has the bytes and an example.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/aead.h"
#include "storage/event.h"
#include "storage/sqlite/connection.h"
#include "storage/tables/conversation_table.h"
#include "storage/tables/data_keys.h"

namespace frontdesk::storage::tables {

// chain_0 and chain_n, as event.h writes them. body_digest: SHA-256 of the sealed body.
Digest FirstChain(const ConversationId& id);
Digest NextChain(const Digest& chain, int64_t sequence, std::string_view kind,
                 const Digest& body_digest);

// HMAC of (conversation, last sequence, chain) under a key of the keystore. Without it, somebody
// who can write the file could compute a whole new chain; with it, they also need the key file.
Digest HeadMac(const SecretKey& head_key, const Conversation& conversation);

// INVALID_ARGUMENT when a kind or a body is out of bounds.
absl::Status CheckEvents(std::span<const NewEvent> events);

// Seals and inserts, and moves the row's last_sequence, chain and chain_mac; the caller writes the
// row.
absl::Status InsertEvents(sqlite::Connection& db, const DataKey& key, const SecretKey& head_key,
                          std::span<const NewEvent> events, ConversationRow& row);

// key null: erased, bodies come back empty and marked.
absl::StatusOr<std::vector<StoredEvent>> SelectEvents(sqlite::Connection& db, const DataKey* key,
                                                      const Conversation& conversation,
                                                      int64_t after_sequence, int limit);

// Those of one kind, in order.
absl::StatusOr<std::vector<StoredEvent>> SelectEventsOfKind(sqlite::Connection& db,
                                                            const DataKey* key,
                                                            const Conversation& conversation,
                                                            std::string_view kind);

// key null: bodies are not opened. A body that is gone is bad unless the row is marked erased.
absl::StatusOr<ChainReport> VerifyEvents(sqlite::Connection& db, const DataKey* key,
                                         const SecretKey& head_key, const ConversationRow& row);

}  // namespace frontdesk::storage::tables
