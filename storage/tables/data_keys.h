// The data key of a conversation: made, wrapped, re-wrapped, opened.
//
// A conversation nobody is known in is under the keystore's key "conversation/<id>"; once the
// person is known its data key is wrapped by "customer/<id>", and the former key belongs to the
// latter, so that older backups stay readable until the person is erased and not a moment longer.
// Source: docs/keys.md. Thread-safe; Create and Rewrap stage into the keystore, which must be
// flushed before the row that uses them is committed.
//
// Keys that were opened lately are kept in memory, as the keystore keeps those that wrap them: a
// turn opens its conversation's key some ten times. A kept key is given out only while its wrapping
// key lives, and whoever destroys keys calls Forget.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "storage/aead.h"
#include "storage/ids.h"
#include "storage/keystore.h"

namespace frontdesk::storage::tables {

// Both derived from the random data key; neither is ever stored.
struct DataKey {
  SecretKey seal;  // bodies, values, ledger texts
  SecretKey tag;   // fingerprints of personal text
};

// As a conversation's row keeps it.
struct WrappedKey {
  std::string key_id;
  std::string bytes;
};

struct NewDataKey {
  DataKey key;
  WrappedKey wrapped;
};

std::string ConversationKeyName(const ConversationId& id);
std::string CustomerKeyName(const CustomerId& id);

class DataKeys {
 public:
  explicit DataKeys(Keystore& keystore) : keystore_(keystore) {}

  absl::StatusOr<NewDataKey> Create(const ConversationId& id,
                                    const std::optional<CustomerId>& customer, int64_t now_ms);
  absl::StatusOr<WrappedKey> Rewrap(const ConversationId& id, const WrappedKey& wrapped,
                                    const CustomerId& customer, int64_t now_ms);
  // Errors: NOT_FOUND (the key was destroyed), DATA_LOSS.
  absl::StatusOr<DataKey> Unwrap(const ConversationId& id, const WrappedKey& wrapped) const;
  // Whether Unwrap would find the key that wraps it. Errors: those of Keystore::FindKey.
  absl::StatusOr<bool> Lives(const WrappedKey& wrapped) const;
  // Wipes the kept keys.
  void Forget();

 private:
  struct Opened {
    ConversationId conversation;
    std::string key_id;
    DataKey key;
  };
  absl::StatusOr<std::string> OpenBytes(const ConversationId& id, const WrappedKey& wrapped) const;

  Keystore& keystore_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, Opened> opened_;  // by wrapped bytes
};

}  // namespace frontdesk::storage::tables
