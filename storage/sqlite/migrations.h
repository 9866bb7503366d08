// The schema's history as an ordered list, and the step from an older file to this program's
// schema.
//
// A file says its version in PRAGMA user_version and what it is in PRAGMA application_id; the table
// `migrations` keeps when each step ran. A step, once released, is never edited: a change is a new
// step at the end of the list.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "storage/sqlite/connection.h"

namespace frontdesk::storage::sqlite {

struct Migration {
  const char* name;
  const char* sql;
};

// Version n is what the first n steps make.
struct Schema {
  int32_t application_id;  // four letters
  std::span<const Migration> steps;
  int version() const { return static_cast<int>(steps.size()); }
};

const Schema& StoreSchema();     // "FDsk": the log and all that hangs on it
const Schema& KeystoreSchema();  // "FDky"

// The version of an existing file.
// Errors: FAILED_PRECONDITION (another program's file, or a newer schema), DATA_LOSS (no database).
absl::StatusOr<int> CheckSchema(Connection& db, const Schema& schema);

// Brings the file to the newest version, each step in a transaction of its own; a new file gets
// all. now_ms: recorded in `migrations`. Errors: as CheckSchema, and those of writing.
absl::Status Migrate(Connection& db, const Schema& schema, int64_t now_ms);

}  // namespace frontdesk::storage::sqlite
