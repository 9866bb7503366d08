#include "storage/store.h"

#include <chrono>
#include <utility>

#include "spdlog/spdlog.h"
#include "storage/integrity.h"
#include "storage/sqlite/files.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/store_file.h"
#include "storage/store_parts.h"

namespace frontdesk::storage {
namespace {

using sqlite::Connection;
using sqlite::FileFacts;
using sqlite::Query;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

absl::Status CheckOptions(const StoreOptions& options) {
  if (options.path.empty()) return absl::InvalidArgumentError("the store needs a path");
  if (options.group_limit < 1 || options.group_limit > 1024 || options.queue_limit < 1 ||
      options.read_connections < 1 || options.read_connections > 64) {
    return absl::InvalidArgumentError(
        "store options out of range: group_limit 1..1024, queue_limit 1.., read_connections 1..64");
  }
  return absl::OkStatus();
}

// The facts of the file; those of an empty one when it is to be created.
absl::StatusOr<FileFacts> FactsOf(const StoreOptions& options) {
  if (!options.read_only && !sqlite::FileExists(options.path)) return FileFacts{};
  const auto mode = options.read_only ? Connection::Mode::kReadOnly : Connection::Mode::kReadWrite;
  auto facts = sqlite::ReadFacts(options.path, mode, options.busy_timeout_ms);
  if (!facts.ok() || !options.read_only) return facts;
  if (facts->schema_version != sqlite::StoreSchema().version()) {
    return absl::FailedPreconditionError(
        "the store " + options.path + " has schema " + std::to_string(facts->schema_version) +
        ", older than this program's; start the server on it once to bring it up to date");
  }
  return facts;
}

// An erasure that a crash cut short: the key is gone but rows remain. Finishes it.
absl::Status FinishErasures(Connection& db, const Keystore& keystore, int64_t now_ms) {
  auto destroyed = keystore.ListDestroyed();
  if (!destroyed.ok()) return destroyed.status();
  std::vector<int64_t> positions;
  for (const std::string& key_id : *destroyed) {
    Query query(db, "SELECT position FROM conversations WHERE key_id = ?1 AND erased_ms IS NULL");
    query.Bind(key_id);
    while (query.Next()) positions.push_back(query.Int(0));
    if (!query.status().ok()) return query.status();
  }
  if (positions.empty()) return absl::OkStatus();
  spdlog::info("store: finishing the erasure of {} conversations", positions.size());
  EraseReceipt receipt;
  absl::Status status = db.Execute("BEGIN IMMEDIATE");
  for (int64_t position : positions) {
    if (status.ok()) status = tables::EraseRows(db, position, now_ms, receipt);
  }
  if (status.ok()) status = db.Execute("COMMIT");
  if (!status.ok()) {
    if (db.in_transaction()) db.Execute("ROLLBACK").IgnoreError();
    return status;
  }
  return db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

// The writer's connection is closed last: SQLite merges the write-ahead log into the file when the
// last connection closes, which a read-only one cannot do.
Store::~Store() {
  if (parts_->writer == nullptr) return;
  parts_->writer->Stop();
  parts_->readers.CloseIdle();
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const StoreOptions& given) {
  if (absl::Status status = CheckOptions(given); !status.ok()) return status;
  const StoreOptions options = sqlite::ResolvePaths(given);
  std::optional<sqlite::FileLock> lock;
  if (!options.read_only) {
    auto taken = sqlite::FileLock::Take(options.path + ".lock");
    if (!taken.ok()) return taken.status();
    lock.emplace(*std::move(taken));
  }
  auto facts = FactsOf(options);
  if (!facts.ok()) return facts.status();
  // Once a store exists its keystore must exist too: a fresh one would open nothing.
  auto keystore = Keystore::Open({.path = options.keystore_path,
                                  .key_file = options.key_file,
                                  .create = facts->keystore_id.empty() && !options.read_only,
                                  .read_only = options.read_only,
                                  .busy_timeout_ms = options.busy_timeout_ms});
  if (!keystore.ok()) return keystore.status();
  const std::string keystore_id = (*keystore)->id();
  absl::Status status =
      sqlite::CheckKeystoreId(*facts, keystore_id, options.path, options.keystore_path);
  if (!status.ok()) return status;

  auto parts = std::make_unique<Parts>(options, std::move(lock), *std::move(keystore));
  if (!options.read_only) {
    auto db = sqlite::OpenForWriting(options, NowMs());
    if (!db.ok()) return db.status();
    status = sqlite::WriteKeystoreId(**db, keystore_id);
    if (status.ok()) status = FinishErasures(**db, *parts->keystore, NowMs());
    if (!status.ok()) return status;
    parts->writer =
        std::make_unique<sqlite::Writer>(*std::move(db), options.group_limit, options.queue_limit,
                                         [keys = parts->keystore.get()] { return keys->Flush(); });
  }
  return std::unique_ptr<Store>(new Store(std::move(parts)));
}

std::string Store::DeriveSecret(std::string_view purpose) const {
  return std::string(parts_->keystore->DeriveSecret("server " + std::string(purpose)).bytes());
}

absl::Status Store::Backup(const std::string& path) const {
  return sqlite::CopyDatabase(parts_->options.path, path, parts_->options.busy_timeout_ms);
}

absl::StatusOr<IntegrityReport> Store::CheckIntegrity(bool deep) const {
  return parts_->WithReader([&](Connection& db) -> absl::StatusOr<IntegrityReport> {
    return InspectStore(db, *parts_->keystore, deep);
  });
}

StoreCounters Store::counters() const {
  return parts_->writer == nullptr ? StoreCounters{} : parts_->writer->counters();
}

}  // namespace frontdesk::storage
