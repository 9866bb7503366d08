#include "storage/maintenance.h"

#include <unistd.h>

#include <cerrno>

#include "storage/keystore.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/files.h"
#include "storage/sqlite/sqlite_status.h"
#include "storage/sqlite/store_file.h"
#include "storage/store.h"

namespace frontdesk::storage {
namespace {

using sqlite::Connection;

absl::Status CheckBackup(const std::string& backup, const StoreOptions& options) {
  auto facts = sqlite::ReadFacts(backup, Connection::Mode::kReadOnly, options.busy_timeout_ms);
  if (!facts.ok()) return facts.status();
  if (facts->schema_version == 0) {
    return absl::DataLossError("the backup " + backup + " is empty; choose another");
  }
  auto db = Connection::Open(backup, Connection::Mode::kReadOnly, options.busy_timeout_ms);
  if (!db.ok()) return db.status();
  if (absl::Status status = sqlite::CheckStructure(**db); !status.ok()) return status;
  auto keystore = Keystore::Open({.path = options.keystore_path,
                                  .key_file = options.key_file,
                                  .create = false,
                                  .read_only = true,
                                  .busy_timeout_ms = options.busy_timeout_ms});
  if (!keystore.ok()) return keystore.status();
  return sqlite::CheckKeystoreId(*facts, (*keystore)->id(), backup, options.keystore_path);
}

// Brings the write-ahead log of the old store into its file, so that the file alone is the store;
// a log left beside the restored file would be taken for its own. A store too damaged for that
// keeps its log under the name that belongs to the kept file.
absl::Status SetOldStoreAside(const std::string& path, int busy_timeout_ms) {
  const std::string kept = path + ".before-restore";
  for (const char* end : {"", "-wal", "-shm"}) {
    if (absl::Status s = sqlite::RemoveFile(kept + end); !s.ok()) return s;
  }
  absl::Status merged;
  {
    auto db = Connection::Open(path, Connection::Mode::kReadWrite, busy_timeout_ms);
    merged = db.status();
    if (merged.ok()) merged = (*db)->Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  if (!merged.ok() && sqlite::FileExists(path + "-wal")) {
    absl::Status status = sqlite::RenameFile(path + "-wal", kept + "-wal");
    if (!status.ok()) return status;
  }
  for (const char* end : {"-wal", "-shm"}) {
    if (absl::Status s = sqlite::RemoveFile(path + end); !s.ok()) return s;
  }
  if (::link(path.c_str(), kept.c_str()) != 0) {
    return sqlite::StatusFromErrno(errno, "keeping the old store as", kept);
  }
  return sqlite::SyncFolderOf(path);
}

}  // namespace

absl::Status RestoreStore(const std::string& backup, const StoreOptions& given) {
  const StoreOptions options = sqlite::ResolvePaths(given);
  auto lock = sqlite::FileLock::Take(options.path + ".lock");
  if (!lock.ok()) return lock.status();
  if (absl::Status status = CheckBackup(backup, options); !status.ok()) return status;
  const std::string draft = options.path + ".restoring";
  absl::Status status = sqlite::CopyFile(backup, draft);
  if (status.ok() && sqlite::FileExists(options.path)) {
    status = SetOldStoreAside(options.path, options.busy_timeout_ms);
  }
  if (status.ok()) status = sqlite::RenameFile(draft, options.path);
  if (!status.ok()) sqlite::RemoveFile(draft).IgnoreError();
  return status;
}

absl::StatusOr<IntegrityReport> DiagnoseStore(const StoreOptions& given, bool deep) {
  StoreOptions options = sqlite::ResolvePaths(given);
  options.read_only = true;
  if (!sqlite::FileExists(options.path)) {
    return absl::NotFoundError("there is no store " + options.path +
                               "; check the path, or start the server to create it");
  }
  auto store = Store::Open(options);
  if (store.ok()) return (*store)->CheckIntegrity(deep);
  IntegrityReport report;
  report.findings.push_back({Finding::Severity::kFault, std::string(store.status().message()),
                             "see the sentence itself"});
  return report;
}

}  // namespace frontdesk::storage
