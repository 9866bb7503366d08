// From the JSON of a remote system to the fields of a result. Pure, thread-safe.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "tools/http/http_spec.h"

namespace frontdesk::tools {

// The documented fields read from `body`. Absent or null members are left out.
// mapping empty: the body itself.
// Errors: INVALID_ARGUMENT naming the field (a value that cannot be converted).
absl::StatusOr<nlohmann::json> MapAnswer(const std::vector<HttpField>& mapping,
                                         const nlohmann::json& body);

// "49.90", 49.9, 49, "-3.5" to cents, exactly; more than two decimals only when
// they are zeros. Errors: INVALID_ARGUMENT.
absl::StatusOr<int64_t> CentsOf(const nlohmann::json& value);

}  // namespace frontdesk::tools
