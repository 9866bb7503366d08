#include "storage/keystore.h"

#include <mutex>
#include <unordered_map>
#include <utility>

#include "storage/digest.h"
#include "storage/key_file.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/files.h"
#include "storage/sqlite/migrations.h"

namespace frontdesk::storage {
namespace {

using sqlite::AsBlob;
using sqlite::Blob;
using sqlite::Connection;
using sqlite::Query;

// Unwrapped keys kept in memory; at the limit the memory is emptied, for a key is cheap to unwrap.
constexpr size_t kCachedKeys = 8192;
constexpr std::string_view kMasterPlace = "frontdesk master key 1";

std::string NewId() {
  const std::string bytes = RandomBytes(16);
  return ToHex({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

// Binds a wrapped key to its row.
std::string KeyPlace(std::string_view key_id) { return "frontdesk key 1 " + std::string(key_id); }

absl::StatusOr<std::string> ReadMeta(Connection& db, std::string_view name) {
  Query query(db, "SELECT value FROM meta WHERE name = ?1");
  query.Bind(name);
  if (query.Next()) return query.Text(0);
  if (!query.status().ok()) return query.status();
  return absl::DataLossError("the keystore " + db.path() + " lacks its " + std::string(name) +
                             "; put back your copy of it");
}

// A new keystore appears under its name only when it is complete, so a crash leaves none or a
// whole.
absl::Status CreateKeystore(const std::string& path, const SecretKey& file_key) {
  const std::string draft = path + ".new";
  for (const char* end : {"", "-journal", "-wal", "-shm"}) {
    if (absl::Status s = sqlite::RemoveFile(draft + end); !s.ok()) return s;
  }
  {
    auto db = Connection::Open(draft, Connection::Mode::kCreate, 0);
    if (!db.ok()) return db.status();
    absl::Status status = (*db)->Execute("PRAGMA synchronous = FULL");
    if (status.ok()) status = sqlite::Migrate(**db, sqlite::KeystoreSchema(), 0);
    const SecretKey master = SecretKey::Random();
    const std::string wrapped = Seal(file_key, master.bytes(), kMasterPlace);
    const std::string id = NewId();
    for (const auto& [name, value] :
         {std::pair<const char*, const std::string&>("id", id), {"master", wrapped}}) {
      if (!status.ok()) return status;
      Query insert(**db, "INSERT INTO meta (name, value) VALUES (?1, ?2)");
      status = insert.Bind(name, Blob{value}).Run();
    }
    if (!status.ok()) return status;
  }
  if (absl::Status status = sqlite::SyncFile(draft); !status.ok()) return status;
  return sqlite::RenameFile(draft, path);
}

}  // namespace

struct Keystore::Parts {
  std::unique_ptr<Connection> db;
  std::string id;
  std::optional<SecretKey> master;
  std::optional<SecretKey> names;  // for the HMACs that stand for names
  mutable std::mutex mutex;        // guards db, cache and staged
  mutable std::unordered_map<std::string, SecretKey> cache;
  bool staged = false;  // a transaction is open

  absl::Status BeginStaging() {
    if (staged) return absl::OkStatus();
    absl::Status status = Query(*db, "BEGIN IMMEDIATE").Run();
    staged = status.ok();
    return status;
  }

  // Whatever is not committed is gone, and with it the cached keys, which may be among it.
  void Abandon() {
    staged = false;
    cache.clear();
    if (db->in_transaction()) db->Execute("ROLLBACK").IgnoreError();
  }

  absl::Status Commit() {
    if (!staged) return absl::OkStatus();
    absl::Status status = Query(*db, "COMMIT").Run();
    if (!status.ok()) {
      Abandon();
      return status;
    }
    staged = false;
    return absl::OkStatus();
  }

  void Remember(const std::string& key_id, const SecretKey& key) const {
    if (cache.size() >= kCachedKeys) cache.clear();
    cache.insert_or_assign(key_id, key);
  }

  Digest TagOf(std::string_view name) const { return HmacSha256(names->bytes(), name); }
};

Keystore::Keystore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Keystore::~Keystore() {
  if (parts_->staged) parts_->Abandon();
}

absl::StatusOr<std::unique_ptr<Keystore>> Keystore::Open(const KeystoreOptions& options) {
  const bool has_file = sqlite::FileExists(options.key_file);
  const bool has_store = sqlite::FileExists(options.path);
  if (!has_store && (!options.create || options.read_only)) {
    return absl::NotFoundError("the keystore " + options.path +
                               " is missing; put back your copy of it: without it no conversation "
                               "can be read");
  }
  if (has_store && !has_file) {
    return absl::NotFoundError("the key file " + options.key_file +
                               " is missing; put back your copy of it: without it the keystore " +
                               options.path + " cannot be opened");
  }
  auto file_key = has_file ? ReadKeyFile(options.key_file) : CreateKeyFile(options.key_file);
  if (!file_key.ok()) return file_key.status();
  if (!has_store) {
    if (absl::Status s = CreateKeystore(options.path, *file_key); !s.ok()) return s;
  }

  auto parts = std::make_unique<Parts>();
  auto db = Connection::Open(
      options.path, options.read_only ? Connection::Mode::kReadOnly : Connection::Mode::kReadWrite,
      options.busy_timeout_ms);
  if (!db.ok()) return db.status();
  parts->db = *std::move(db);
  absl::StatusOr<int> version = sqlite::CheckSchema(*parts->db, sqlite::KeystoreSchema());
  if (!version.ok()) return version.status();
  if (!options.read_only) {
    absl::Status status = parts->db->Execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
    if (status.ok()) status = sqlite::Migrate(*parts->db, sqlite::KeystoreSchema(), 0);
    if (!status.ok()) return status;
  }
  absl::StatusOr<std::string> id = ReadMeta(*parts->db, "id");
  if (!id.ok()) return id.status();
  parts->id = *id;
  absl::StatusOr<std::string> wrapped = ReadMeta(*parts->db, "master");
  if (!wrapped.ok()) return wrapped.status();
  absl::StatusOr<std::string> master = storage::Open(*file_key, *wrapped, kMasterPlace);
  if (!master.ok()) {
    return absl::UnauthenticatedError("the key file " + options.key_file +
                                      " does not fit the keystore " + options.path +
                                      "; use the key file that was created with it");
  }
  absl::StatusOr<SecretKey> key = SecretKey::FromBytes(*master);
  if (!key.ok()) return key.status();
  parts->master.emplace(*key);
  parts->names.emplace(key->Derive("names"));
  return std::unique_ptr<Keystore>(new Keystore(std::move(parts)));
}

const std::string& Keystore::id() const { return parts_->id; }

absl::StatusOr<std::string> Keystore::StageKey(std::string_view name, int64_t now_ms) {
  std::lock_guard lock(parts_->mutex);
  const Digest tag = parts_->TagOf(name);
  {
    Query find(*parts_->db, "SELECT key_id FROM keys WHERE name_tag = ?1 AND destroyed_ms IS NULL");
    find.Bind(AsBlob(tag));
    if (find.Next()) return find.Text(0);
    if (!find.status().ok()) return find.status();
  }
  if (absl::Status status = parts_->BeginStaging(); !status.ok()) return status;
  const std::string key_id = NewId();
  const SecretKey key = SecretKey::Random();
  const std::string wrapped = Seal(*parts_->master, key.bytes(), KeyPlace(key_id));
  Query insert(*parts_->db,
               "INSERT INTO keys (key_id, name_tag, wrapped, created_ms) VALUES (?1, ?2, ?3, ?4)");
  absl::Status status = insert.Bind(key_id, AsBlob(tag), Blob{wrapped}, now_ms).Run();
  if (!status.ok()) {
    parts_->Abandon();
    return status;
  }
  parts_->Remember(key_id, key);
  return key_id;
}

absl::Status Keystore::StageOwner(std::string_view key_id, std::string_view owner_name) {
  std::lock_guard lock(parts_->mutex);
  if (absl::Status status = parts_->BeginStaging(); !status.ok()) return status;
  const Digest tag = parts_->TagOf(owner_name);
  Query update(*parts_->db, "UPDATE keys SET owner_tag = ?2 WHERE key_id = ?1");
  absl::Status status = update.Bind(key_id, AsBlob(tag)).Run();
  if (!status.ok()) parts_->Abandon();
  return status;
}

absl::Status Keystore::Flush() {
  std::lock_guard lock(parts_->mutex);
  return parts_->Commit();
}

absl::StatusOr<std::string> Keystore::EnsureKey(std::string_view name, int64_t now_ms) {
  absl::StatusOr<std::string> key_id = StageKey(name, now_ms);
  if (!key_id.ok()) return key_id;
  if (absl::Status status = Flush(); !status.ok()) return status;
  return key_id;
}

absl::StatusOr<SecretKey> Keystore::FindKey(std::string_view key_id) const {
  std::lock_guard lock(parts_->mutex);
  const std::string id(key_id);
  if (auto found = parts_->cache.find(id); found != parts_->cache.end()) return found->second;
  Query find(*parts_->db, "SELECT wrapped FROM keys WHERE key_id = ?1");
  find.Bind(id);
  if (!find.Next()) {
    if (!find.status().ok()) return find.status();
    return absl::DataLossError("the keystore " + parts_->db->path() + " does not know the key " +
                               id +
                               "; it is another store's keystore or an older copy: put back "
                               "the newest");
  }
  if (find.IsNull(0)) return absl::NotFoundError("the key " + id + " was destroyed");
  absl::StatusOr<std::string> bytes =
      storage::Open(*parts_->master, find.BlobView(0), KeyPlace(id));
  if (!bytes.ok()) {
    return absl::DataLossError("the key " + id + " in the keystore " + parts_->db->path() +
                               " was changed; put back your copy of the keystore");
  }
  absl::StatusOr<SecretKey> key = SecretKey::FromBytes(*bytes);
  if (key.ok()) parts_->Remember(id, *key);
  return key;
}

absl::StatusOr<int> Keystore::DestroyKeys(const std::vector<std::string>& names, int64_t now_ms) {
  std::lock_guard lock(parts_->mutex);
  if (absl::Status status = parts_->BeginStaging(); !status.ok()) return status;
  int destroyed = 0;
  for (const std::string& name : names) {
    const Digest tag = parts_->TagOf(name);
    Query update(*parts_->db,
                 "UPDATE keys SET wrapped = NULL, destroyed_ms = ?2"
                 " WHERE (name_tag = ?1 OR owner_tag = ?1) AND destroyed_ms IS NULL");
    if (absl::Status status = update.Bind(AsBlob(tag), now_ms).Run(); !status.ok()) {
      parts_->Abandon();
      return status;
    }
    destroyed += static_cast<int>(parts_->db->changes());
  }
  if (absl::Status status = parts_->Commit(); !status.ok()) return status;
  parts_->cache.clear();
  absl::Status wiped = parts_->db->Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!wiped.ok()) return wiped;
  return destroyed;
}

absl::StatusOr<bool> Keystore::WasDestroyed(std::string_view name) const {
  std::lock_guard lock(parts_->mutex);
  const Digest tag = parts_->TagOf(name);
  Query count(*parts_->db,
              "SELECT count(*), count(*) FILTER (WHERE destroyed_ms IS NULL) FROM keys"
              " WHERE name_tag = ?1");
  count.Bind(AsBlob(tag));
  const bool destroyed = count.Next() && count.Int(0) > 0 && count.Int(1) == 0;
  if (!count.status().ok()) return count.status();
  return destroyed;
}

absl::StatusOr<std::vector<std::string>> Keystore::ListDestroyed() const {
  std::lock_guard lock(parts_->mutex);
  Query query(*parts_->db,
              "SELECT key_id FROM keys WHERE destroyed_ms IS NOT NULL ORDER BY key_id");
  std::vector<std::string> ids;
  while (query.Next()) ids.push_back(query.Text(0));
  if (!query.status().ok()) return query.status();
  return ids;
}

absl::StatusOr<int64_t> Keystore::CountKeys() const {
  std::lock_guard lock(parts_->mutex);
  return parts_->db->QueryInt("SELECT count(*) FROM keys WHERE destroyed_ms IS NULL");
}

SecretKey Keystore::DeriveSecret(std::string_view purpose) const {
  return parts_->master->Derive("purpose " + std::string(purpose));
}

absl::Status Keystore::Check() const {
  std::lock_guard lock(parts_->mutex);
  Query structure(*parts_->db, "PRAGMA integrity_check(1)");
  if (!structure.Next()) return structure.status();
  if (structure.Text(0) != "ok") {
    return absl::DataLossError("the keystore " + parts_->db->path() +
                               " is damaged: " + structure.Text(0) + "; put back your copy of it");
  }
  Query keys(*parts_->db, "SELECT key_id, wrapped FROM keys WHERE destroyed_ms IS NULL");
  while (keys.Next()) {
    if (!storage::Open(*parts_->master, keys.BlobView(1), KeyPlace(keys.Text(0))).ok()) {
      return absl::DataLossError("the key " + keys.Text(0) + " in the keystore " +
                                 parts_->db->path() +
                                 " was changed; put back your copy of the keystore");
    }
  }
  return keys.status();
}

}  // namespace frontdesk::storage
