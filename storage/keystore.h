// The keystore: a small SQLite file of key-encryption keys, apart from the log and its backups.
//
//   key file (hex, mode 0600)  wraps  master key  wraps  one key per person or unbound conversation
//   such a key  wraps  the data key in a conversation's row, which seals its events
//
// Destroying a key makes everything under it unreadable for good, in the log and in each backup of
// it. A destroyed key leaves a tombstone, so "erased" is told apart from "wrong keystore".
// Thread-safe. docs/keys.md describes the format, the order of commits and what to back up.
//
//   auto keystore = Keystore::Open({.path = "data/keystore.db", .key_file = "data/master.key"});
//   auto key_id = (*keystore)->EnsureKey("customer/c-17", now_ms);
//   absl::StatusOr<SecretKey> key = (*keystore)->FindKey(*key_id);
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/aead.h"

namespace frontdesk::storage {

struct KeystoreOptions {
  std::string path;
  std::string key_file;
  // Create key file and keystore when neither exists. Otherwise a missing one is NOT_FOUND.
  bool create = true;
};

class Keystore {
 public:
  // Opens, or creates with create: first the key file (32 random bytes, mode 0600), then the
  // keystore.
  //
  // Errors: NOT_FOUND (one of the two files is missing), PERMISSION_DENIED (unreadable, or the key
  // file is open to group or others), UNAUTHENTICATED (the key file does not fit this keystore),
  // DATA_LOSS (corrupt), FAILED_PRECONDITION (not a keystore, or of a newer version).
  static absl::StatusOr<std::unique_ptr<Keystore>> Open(const KeystoreOptions& options);
  ~Keystore();

  // A random name given at creation; the log remembers it and refuses another keystore.
  const std::string& id() const;

  // The id of the living key called name, created when there is none. Durable on return.
  // Cost: one commit when created; none otherwise.
  absl::StatusOr<std::string> EnsureKey(std::string_view name, int64_t now_ms);
  // The same for many names in one commit.
  absl::StatusOr<std::vector<std::string>> EnsureKeys(const std::vector<std::string>& names,
                                                      int64_t now_ms);

  // Errors: NOT_FOUND (the key was destroyed), DATA_LOSS (never known here: another keystore, or an
  // older copy of this one; or the wrapped key does not open).
  absl::StatusOr<SecretKey> FindKey(std::string_view key_id) const;

  // Destroys the living keys of these names and wipes them from the file and its WAL.
  // Returns how many there were. Durable on return.
  absl::StatusOr<int> DestroyKeys(const std::vector<std::string>& names, int64_t now_ms);

  // True when a key of this name was destroyed and none lives. The name is kept as an HMAC only.
  absl::StatusOr<bool> WasDestroyed(std::string_view name) const;

  // Living keys.
  absl::StatusOr<int64_t> CountKeys() const;

  // A key that stays the same as long as the keystore does, for one purpose: lookup tags, tokens.
  SecretKey DeriveSecret(std::string_view purpose) const;

  // SQLite's integrity check, and every living key unwrapped.
  absl::Status Check() const;

 private:
  struct Parts;
  explicit Keystore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace frontdesk::storage
