// The steps that write more than one table: create a conversation, append to it, erase it.
//
// Functions inside the caller's transaction; nothing is left behind when one fails, because the
// caller rolls back. The keystore must be flushed before that transaction is committed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/append.h"
#include "storage/keystore.h"
#include "storage/maintenance.h"
#include "storage/sqlite/connection.h"
#include "storage/tables/data_keys.h"

namespace frontdesk::storage::tables {

// Keys of the whole store, derived from the keystore's master key (docs/keys.md).
struct StoreKeys {
  explicit StoreKeys(const Keystore& keystore);
  SecretKey head;      // signs the end of each chain
  SecretKey resource;  // tags of the ledger's resources
  SecretKey attempt;   // tags of counted keys
};

struct CreateOutcome {
  Conversation conversation;
  bool created = true;  // false: the request was a resend
};

absl::StatusOr<CreateOutcome> CreateStep(sqlite::Connection& db, DataKeys& data_keys,
                                         const StoreKeys& keys, const NewConversation& request);

// Checks and errors: append.h.
absl::StatusOr<AppendResult> AppendStep(sqlite::Connection& db, DataKeys& data_keys,
                                        const StoreKeys& keys, const AppendRequest& request);

// Removes what may be personal from the rows of one conversation and marks it erased; its keys are
// already destroyed. Adds to the receipt.
absl::Status EraseRows(sqlite::Connection& db, int64_t position, int64_t now_ms,
                       EraseReceipt& receipt);

}  // namespace frontdesk::storage::tables
