#include "storage/sqlite/store_file.h"

#include <sqlite3.h>

#include "storage/sqlite/files.h"
#include "storage/sqlite/migrations.h"

namespace frontdesk::storage::sqlite {
namespace {

absl::Status SetUpWriter(Connection& db, const StoreOptions& options) {
  {
    Query mode(db, "PRAGMA journal_mode = WAL");
    const bool wal = mode.Next() && mode.Text(0) == "wal";
    if (!mode.status().ok()) return mode.status();
    if (!wal) {
      return absl::FailedPreconditionError(
          "the file system of " + db.path() +
          " does not support SQLite's write-ahead log; put the store on a local disk");
    }
  }
  absl::Status status = db.Execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
  if (status.ok() && options.max_pages > 0) {
    status = db.Execute("PRAGMA max_page_count = " + std::to_string(options.max_pages));
  }
  return status;
}

}  // namespace

StoreOptions ResolvePaths(StoreOptions options) {
  const std::string folder = FolderOf(options.path);
  if (options.keystore_path.empty()) options.keystore_path = folder + "/keystore.db";
  if (options.key_file.empty()) options.key_file = folder + "/master.key";
  return options;
}

absl::StatusOr<std::unique_ptr<Connection>> OpenForWriting(const StoreOptions& options,
                                                           int64_t now_ms) {
  auto db = Connection::Open(options.path, Connection::Mode::kCreate, options.busy_timeout_ms);
  if (!db.ok()) return db.status();
  // Before anything is changed: is this ours, and not newer than we are?
  absl::StatusOr<int> version = CheckSchema(**db, StoreSchema());
  if (!version.ok()) return version.status();
  absl::Status status = SetUpWriter(**db, options);
  if (status.ok()) status = Migrate(**db, StoreSchema(), now_ms);
  if (!status.ok()) return status;
  return db;
}

absl::StatusOr<FileFacts> ReadFacts(const std::string& path, Connection::Mode mode,
                                    int busy_timeout_ms) {
  auto db = Connection::Open(path, mode, busy_timeout_ms);
  if (!db.ok()) return db.status();
  FileFacts facts;
  absl::StatusOr<int> version = CheckSchema(**db, StoreSchema());
  if (!version.ok()) return version.status();
  facts.schema_version = *version;
  if (facts.schema_version == 0) return facts;
  Query query(**db, "SELECT value FROM meta WHERE name = 'keystore_id'");
  if (query.Next()) facts.keystore_id = query.Text(0);
  if (!query.status().ok()) return query.status();
  return facts;
}

absl::Status WriteKeystoreId(Connection& db, const std::string& keystore_id) {
  Query insert(db,
               "INSERT INTO meta (name, value) VALUES ('keystore_id', ?1)"
               " ON CONFLICT (name) DO NOTHING");
  return insert.Bind(keystore_id).Run();
}

absl::Status CheckKeystoreId(const FileFacts& facts, const std::string& keystore_id,
                             const std::string& store_path, const std::string& keystore_path) {
  if (facts.keystore_id.empty() || facts.keystore_id == keystore_id) return absl::OkStatus();
  return absl::FailedPreconditionError("the keystore " + keystore_path + " is not the one that " +
                                       store_path +
                                       " was written with; give the path of the right one");
}

absl::Status CheckStructure(Connection& db) {
  Query query(db, "PRAGMA integrity_check(1)");
  if (!query.Next()) return query.status();
  if (query.Text(0) == "ok") return absl::OkStatus();
  return absl::DataLossError(db.path() + " is damaged: " + query.Text(0) +
                             "; keep the file and restore a backup with `frontdesk restore`");
}

namespace {

absl::Status CopyPages(Connection& source, Connection& target) {
  sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
  if (backup == nullptr) {
    return target.Failure(sqlite3_errcode(target.handle()), "copying into");
  }
  // All pages in one step: one snapshot of the source, which readers and writers do not wait for.
  const int code = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return target.Failure(code, "copying into");
  if (finished != SQLITE_OK) return target.Failure(finished, "copying into");
  return absl::OkStatus();
}

absl::Status CopyInto(const std::string& from, const std::string& draft, int busy_timeout_ms) {
  auto source = Connection::Open(from, Connection::Mode::kReadOnly, busy_timeout_ms);
  if (!source.ok()) return source.status();
  auto target = Connection::Open(draft, Connection::Mode::kCreate, busy_timeout_ms);
  if (!target.ok()) return target.status();
  absl::Status status = CopyPages(**source, **target);
  // A copy in WAL mode would need a second file; this makes it one.
  if (status.ok()) status = (*target)->Execute("PRAGMA journal_mode = DELETE");
  if (status.ok()) status = CheckStructure(**target);
  return status;
}

}  // namespace

absl::Status CopyDatabase(const std::string& from, const std::string& to, int busy_timeout_ms) {
  if (FileExists(to)) {
    return absl::AlreadyExistsError("the backup " + to + " exists; give a new name");
  }
  const std::string draft = to + ".partial";
  for (const char* end : {"", "-journal", "-wal", "-shm"}) {
    if (absl::Status s = RemoveFile(draft + end); !s.ok()) return s;
  }
  absl::Status status = CopyInto(from, draft, busy_timeout_ms);
  if (status.ok()) status = SyncFile(draft);
  if (status.ok()) status = RenameFile(draft, to);
  if (!status.ok()) RemoveFile(draft).IgnoreError();
  return status;
}

}  // namespace frontdesk::storage::sqlite
