// Reads a file of JSON lines for the commands that take --jsonl.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"

namespace frontdesk::server {

// Calls `line` with each object in order; stops at its first error and names file and
// line in it. Blank lines are skipped. Errors: NOT_FOUND (file), INVALID_ARGUMENT (no object).
absl::Status ForEachJsonLine(const std::string& path,
                             const std::function<absl::Status(const nlohmann::json&)>& line);

}  // namespace frontdesk::server
