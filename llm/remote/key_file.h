// The key of a remote model, from a file that nobody but its owner can read.

#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace frontdesk::llm {

// The first line, without white space around it.
// Errors: NOT_FOUND; PERMISSION_DENIED (group or others have any right on it: chmod 600);
// INVALID_ARGUMENT (empty, longer than 4096 bytes, or with characters no header may hold).
absl::StatusOr<std::string> ReadKeyFile(const std::string& path);

}  // namespace frontdesk::llm
