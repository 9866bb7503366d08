#include "storage/tables/version_table.h"

namespace frontdesk::storage::tables {
namespace {

using sqlite::Connection;
using sqlite::Query;

VersionRecord ReadVersion(const Query& query) {
  return {BundleVersion(query.Text(0)), query.Text(1), query.Int(2)};
}

PointerRecord ReadPointer(const Query& query) {
  return {query.Text(0), BundleVersion(query.Text(1)), query.Text(2), query.Text(3), query.Int(4)};
}

}  // namespace

absl::Status InsertVersion(Connection& db, const VersionRecord& version) {
  if (version.version.empty()) return absl::InvalidArgumentError("a bundle version has a name");
  Query insert(db,
               "INSERT INTO versions (version, manifest, created_ms) VALUES (?1, ?2, ?3)"
               " ON CONFLICT (version) DO NOTHING");
  insert.Bind(version.version.value(), version.manifest, version.created_ms);
  if (absl::Status status = insert.Run(); !status.ok()) return status;
  if (db.changes() == 1) return absl::OkStatus();
  auto before = FindVersion(db, version.version);
  if (!before.ok()) return before.status();
  if (before->manifest == version.manifest) return absl::OkStatus();
  return absl::AlreadyExistsError("bundle version " + version.version.value() +
                                  " is kept with another manifest; a version never changes");
}

absl::StatusOr<VersionRecord> FindVersion(Connection& db, const BundleVersion& version) {
  Query query(db, "SELECT version, manifest, created_ms FROM versions WHERE version = ?1");
  query.Bind(version.value());
  if (query.Next()) return ReadVersion(query);
  if (!query.status().ok()) return query.status();
  return absl::NotFoundError("there is no bundle version " + version.value());
}

absl::StatusOr<std::vector<VersionRecord>> SelectVersions(Connection& db) {
  Query query(db, "SELECT version, manifest, created_ms FROM versions ORDER BY position");
  std::vector<VersionRecord> versions;
  while (query.Next()) versions.push_back(ReadVersion(query));
  if (!query.status().ok()) return query.status();
  return versions;
}

absl::Status InsertPointer(Connection& db, const PointerRecord& pointer) {
  if (pointer.name.empty()) return absl::InvalidArgumentError("a pointer has a name");
  if (!pointer.version.empty()) {
    auto version = FindVersion(db, pointer.version);
    if (!version.ok()) return version.status();
  }
  Query insert(db,
               "INSERT INTO pointers (name, version, settings, reason, changed_ms)"
               " VALUES (?1, ?2, ?3, ?4, ?5)");
  return insert
      .Bind(pointer.name, pointer.version.value(), pointer.settings, pointer.reason,
            pointer.changed_ms)
      .Run();
}

absl::StatusOr<std::vector<PointerRecord>> SelectPointers(Connection& db, const std::string& name) {
  Query query(db,
              "SELECT name, version, settings, reason, changed_ms FROM pointers"
              " WHERE name = ?1 ORDER BY position");
  query.Bind(name);
  std::vector<PointerRecord> pointers;
  while (query.Next()) pointers.push_back(ReadPointer(query));
  if (!query.status().ok()) return query.status();
  return pointers;
}

absl::StatusOr<std::optional<PointerRecord>> FindPointer(Connection& db, const std::string& name) {
  Query query(db,
              "SELECT name, version, settings, reason, changed_ms FROM pointers"
              " WHERE name = ?1 ORDER BY position DESC LIMIT 1");
  query.Bind(name);
  std::optional<PointerRecord> pointer;
  if (query.Next()) pointer = ReadPointer(query);
  if (!query.status().ok()) return query.status();
  return pointer;
}

}  // namespace frontdesk::storage::tables
