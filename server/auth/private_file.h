// Small files that hold secrets: mode 0600, refused when others may read them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace frontdesk::server {

// Errors: NOT_FOUND, PERMISSION_DENIED (unreadable, or group or others may read it).
absl::StatusOr<std::string> ReadPrivateFile(const std::string& path);

// The secret in a file, at least 32 bytes, as they stand there. create: makes a file of 64 random
// hexadecimal digits when there is none. what: "token key", for the error.
// Errors: as above, and INVALID_ARGUMENT (too short).
absl::StatusOr<std::string> SecretInFile(const std::string& path, bool create, const char* what);

// 64 random hexadecimal digits: a secret of 32 bytes that survives editors and copying.
absl::StatusOr<std::string> NewSecret();

}  // namespace frontdesk::server
