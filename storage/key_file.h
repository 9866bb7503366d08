// The key file: 32 secret bytes in hexadecimal and a newline, for the owner's eyes only.
//
// Functions, thread-safe. Losing the file loses every conversation; docs/keys.md says how to keep
// it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "storage/aead.h"

namespace frontdesk::storage {

// Errors: NOT_FOUND, PERMISSION_DENIED (unreadable, or open to group or others), DATA_LOSS (not 64
// hexadecimal digits).
absl::StatusOr<SecretKey> ReadKeyFile(const std::string& path);

// Writes a fresh random key, mode 0600, synced with its folder before it returns.
// Errors: ALREADY_EXISTS, and those of writing.
absl::StatusOr<SecretKey> CreateKeyFile(const std::string& path);

}  // namespace frontdesk::storage
