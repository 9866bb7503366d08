// The table `ledger`: the states of ledger.h, checked and kept.
//
// Functions on a connection the caller owns.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/ledger.h"
#include "storage/sqlite/connection.h"
#include "storage/tables/conversation_table.h"
#include "storage/tables/data_keys.h"

namespace frontdesk::storage::tables {

// Moves one entry one step, or says why it may not; the rules stand in ledger.h.
// resource_key: makes the tags by which resources of different conversations are compared.
absl::Status ApplyLedgerUpdate(sqlite::Connection& db, const DataKey& key,
                               const SecretKey& resource_key, const Conversation& conversation,
                               const LedgerUpdate& update, int64_t now_ms);

// The data key of the conversation at this position; nullopt when it was erased.
using KeyFinder =
    std::function<absl::StatusOr<std::optional<DataKey>>(int64_t conversation, ConversationId* id)>;

absl::StatusOr<std::optional<LedgerEntry>> FindLedger(sqlite::Connection& db,
                                                      const KeyFinder& find_key,
                                                      const std::string& key);
absl::StatusOr<std::vector<LedgerEntry>> SelectPrepared(sqlite::Connection& db,
                                                        const KeyFinder& find_key);
absl::StatusOr<std::vector<LedgerEntry>> SelectLedgerOf(sqlite::Connection& db,
                                                        const KeyFinder& find_key,
                                                        int64_t conversation);
absl::StatusOr<std::optional<LedgerEntry>> FindBlocking(sqlite::Connection& db,
                                                        const KeyFinder& find_key,
                                                        const SecretKey& resource_key,
                                                        const std::string& resource);

}  // namespace frontdesk::storage::tables
