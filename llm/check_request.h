// What every Model checks before it decodes, in one place so that all refuse alike.

#pragma once

#include "absl/status/status.h"
#include "llm/model.h"

namespace frontdesk::llm {

// OK, or INVALID_ARGUMENT naming the field: no message, a role other than system
// (first only), user or assistant, content that is not UTF-8, max_tokens < 1,
// sampling out of range, stop_after_tokens outside 0..max_tokens.
absl::Status CheckRequest(const GenerateRequest& request);

}  // namespace frontdesk::llm
