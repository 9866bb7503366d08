// What a Store is made of; shared by the source files of Store and by nothing else.
//
// Order of the members is order of dependence: the writer goes first when a store is closed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/keystore.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/reader_pool.h"
#include "storage/sqlite/writer.h"
#include "storage/store.h"
#include "storage/tables/conversation_table.h"
#include "storage/tables/data_keys.h"
#include "storage/tables/steps.h"

namespace frontdesk::storage {

// What an erasure takes away.
struct ErasureScope {
  struct Target {
    ConversationId id;
    int64_t position = 0;
    int64_t last_sequence = 0;
  };
  std::vector<Target> conversations;
  std::vector<std::string> key_names;
};

struct Store::Parts {
  Parts(StoreOptions resolved, std::optional<sqlite::FileLock> held,
        std::unique_ptr<Keystore> opened)
      : options(std::move(resolved)),
        lock(std::move(held)),
        keystore(std::move(opened)),
        keys(*keystore),
        data_keys(*keystore),
        readers(options.path, options.read_connections, options.busy_timeout_ms) {}

  const StoreOptions options;
  std::optional<sqlite::FileLock> lock;
  const std::unique_ptr<Keystore> keystore;
  const tables::StoreKeys keys;
  tables::DataKeys data_keys;
  mutable sqlite::ReaderPool readers;

  std::mutex listeners_mutex;  // guards the two below, and is held while listeners run
  std::map<int64_t, CommitListener> listeners;
  int64_t next_listener = 1;

  std::unique_ptr<sqlite::Writer> writer;  // null when read_only

  // The data key of a row; nullopt when the conversation was erased.
  absl::StatusOr<std::optional<tables::DataKey>> KeyOf(const tables::ConversationRow& row) const {
    if (row.erased_ms.has_value()) return std::nullopt;
    auto key = data_keys.Unwrap(row.conversation.id, row.key);
    if (absl::IsNotFound(key.status())) return std::nullopt;
    if (!key.ok()) return key.status();
    return *std::move(key);
  }

  // Whether the conversation was erased; opens no key.
  absl::StatusOr<bool> Erased(const tables::ConversationRow& row) const {
    if (row.erased_ms.has_value()) return true;
    auto living = data_keys.Lives(row.key);
    if (!living.ok()) return living.status();
    return !*living;
  }

  void Announce(const Committed& committed) {
    std::lock_guard guard(listeners_mutex);
    for (auto& [number, listener] : listeners) listener(committed);
  }

  // Runs read(Connection&) → StatusOr<T> on one snapshot.
  template <typename Read>
  auto WithReader(Read read) const -> decltype(read(std::declval<sqlite::Connection&>())) {
    auto reader = readers.Borrow();
    if (!reader.ok()) return reader.status();
    return read(reader->db());
  }

  // Runs read(Connection&, row, const DataKey* or null when erased) → StatusOr<T>.
  template <typename Read>
  auto WithConversation(const ConversationId& id, Read read) const {
    return WithReader([&](sqlite::Connection& db)
                          -> decltype(read(db, std::declval<tables::ConversationRow&>(),
                                           static_cast<const tables::DataKey*>(nullptr))) {
      auto row = tables::LoadConversation(db, id);
      if (!row.ok()) return row.status();
      auto key = KeyOf(*row);
      if (!key.ok()) return key.status();
      return read(db, *row, key->has_value() ? &**key : nullptr);
    });
  }

  absl::Status CheckWritable() const {
    if (writer != nullptr) return absl::OkStatus();
    return absl::FailedPreconditionError("the store " + options.path +
                                         " was opened read-only and takes no writes");
  }

  // Runs write(Transaction&) → Status on the writer thread and waits for its COMMIT.
  absl::Status Write(sqlite::Writer::Work write) {
    if (absl::Status status = CheckWritable(); !status.ok()) return status;
    return writer->Run(std::move(write));
  }

  // The same for write(Transaction&) → StatusOr<T>.
  template <typename T>
  absl::StatusOr<T> WriteFor(std::function<absl::StatusOr<T>(sqlite::Transaction&)> write) {
    std::optional<T> result;
    absl::Status status = Write([&result, write = std::move(write)](sqlite::Transaction& t) {
      absl::StatusOr<T> outcome = write(t);
      if (outcome.ok()) result = *std::move(outcome);
      return outcome.status();
    });
    if (!status.ok()) return status;
    return *std::move(result);
  }

  // Erases what find(Connection&) → StatusOr<ErasureScope> names; nothing when it names nothing.
  using FindScope = std::function<absl::StatusOr<ErasureScope>(sqlite::Connection&)>;
  absl::StatusOr<EraseReceipt> Erase(const FindScope& find, int64_t now_ms);
};

}  // namespace frontdesk::storage
