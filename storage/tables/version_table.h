// The tables `versions` and `pointers`. Functions on a connection the caller owns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sqlite/connection.h"
#include "storage/versions.h"

namespace frontdesk::storage::tables {

absl::Status InsertVersion(sqlite::Connection& db, const VersionRecord& version);
absl::StatusOr<VersionRecord> FindVersion(sqlite::Connection& db, const BundleVersion& version);
absl::StatusOr<std::vector<VersionRecord>> SelectVersions(sqlite::Connection& db);

absl::Status InsertPointer(sqlite::Connection& db, const PointerRecord& pointer);
// Oldest first; the last is where the pointer points now.
absl::StatusOr<std::vector<PointerRecord>> SelectPointers(sqlite::Connection& db,
                                                          const std::string& name);
absl::StatusOr<std::optional<PointerRecord>> FindPointer(sqlite::Connection& db,
                                                         const std::string& name);

}  // namespace frontdesk::storage::tables
