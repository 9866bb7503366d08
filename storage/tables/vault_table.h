// The table `vault`: personal values under their tokens. Functions on a connection the caller owns.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sqlite/connection.h"
#include "storage/tables/conversation_table.h"
#include "storage/tables/data_keys.h"
#include "storage/vault.h"

namespace frontdesk::storage::tables {

// The same entry again is no error. FAILED_PRECONDITION when the token has another value,
// INVALID_ARGUMENT when it is not 1..128 bytes.
absl::Status InsertVault(sqlite::Connection& db, const DataKey& key,
                         const Conversation& conversation, const VaultEntry& entry);
// Errors: NOT_FOUND.
absl::StatusOr<std::string> FindVault(sqlite::Connection& db, const DataKey& key,
                                      const Conversation& conversation, const std::string& token);
absl::StatusOr<std::vector<VaultEntry>> SelectVault(sqlite::Connection& db, const DataKey& key,
                                                    const Conversation& conversation);

}  // namespace frontdesk::storage::tables
