// The database file as a whole: opened for writing or checking, copied, and told apart.
//
// Functions, thread-safe as long as two do not write one file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sqlite/connection.h"
#include "storage/store_options.h"

namespace frontdesk::storage::sqlite {

// The paths that were left empty, filled in beside options.path.
StoreOptions ResolvePaths(StoreOptions options);

// The connection of the writer: WAL, synchronous=FULL, secure_delete, newest schema.
absl::StatusOr<std::unique_ptr<Connection>> OpenForWriting(const StoreOptions& options,
                                                           int64_t now_ms);

// What a file says of itself. Errors: NOT_FOUND, DATA_LOSS, FAILED_PRECONDITION (another program's
// file, or a newer schema).
struct FileFacts {
  int schema_version = 0;   // 0: an empty file
  std::string keystore_id;  // empty: none yet
};
// kReadWrite also rolls back what a crash left half done, which kReadOnly cannot:
// FAILED_PRECONDITION.
absl::StatusOr<FileFacts> ReadFacts(const std::string& path, Connection::Mode mode,
                                    int busy_timeout_ms);

// Notes which keystore the store belongs to; once.
absl::Status WriteKeystoreId(Connection& db, const std::string& keystore_id);
absl::Status CheckKeystoreId(const FileFacts& facts, const std::string& keystore_id,
                             const std::string& store_path, const std::string& keystore_path);

// A consistent copy of a store that may be in use, as one file without a write-ahead log, whole or
// not there at all. Errors: ALREADY_EXISTS (to is there).
absl::Status CopyDatabase(const std::string& from, const std::string& to, int busy_timeout_ms);

// SQLite's own check of the whole structure; DATA_LOSS names the first fault.
absl::Status CheckStructure(Connection& db);

}  // namespace frontdesk::storage::sqlite
