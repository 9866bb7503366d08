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
  bool read_only = false;  // changes nothing; for a keystore that another process may have open
  int busy_timeout_ms = 5000;
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
  absl::StatusOr<std::string> EnsureKey(std::string_view name, int64_t now_ms);

  // The same, but a new key is durable only after Flush: many in one commit. Use the id before that
  // only for what is committed after the Flush.
  absl::StatusOr<std::string> StageKey(std::string_view name, int64_t now_ms);
  // Makes a key belong to a name: destroying that name destroys this key too. Durable after Flush.
  absl::Status StageOwner(std::string_view key_id, std::string_view owner_name);
  // Commits what is staged; no cost when nothing is.
  absl::Status Flush();

  // Errors: NOT_FOUND (the key was destroyed), DATA_LOSS (never known here: another keystore, or an
  // older copy of this one; or the wrapped key does not open).
  absl::StatusOr<SecretKey> FindKey(std::string_view key_id) const;

  // Destroys the living keys of these names, and those that belong to them, and wipes them from the
  // file and its WAL.
  // Returns how many there were. Durable on return.
  absl::StatusOr<int> DestroyKeys(const std::vector<std::string>& names, int64_t now_ms);

  // True when a key of this name was destroyed and none lives. Names are kept as HMACs only.
  absl::StatusOr<bool> WasDestroyed(std::string_view name) const;

  // The ids of all destroyed keys: what is under them must read as erased.
  absl::StatusOr<std::vector<std::string>> ListDestroyed() const;

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
