// What a call must satisfy before an adapter sees it, and what an answer is cut
// down to before a conversation sees it. Pure functions, thread-safe.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/tool.h"

namespace frontdesk::tools {

// Holds a call against its declaration: role, arguments, verification, consent,
// confirmation, idempotency key, in this order. On success `arguments` holds the
// values in canonical types ("3" → 3, absent options left out).
// Returns kOk with an empty value, or kRejected with the reason not_allowed,
// bad_arguments, not_verified, no_consent, not_confirmed or no_key. Its message
// names the parameter and never a value.
ToolResult CheckCall(const ToolSpec& spec, const ToolCall& call, nlohmann::json& arguments);

// An adapter's answer with documented fields only. A value of another type than
// documented makes a read kUnavailable and a write kUnknown; reasons that are no
// code word are replaced by the outcome's name.
ToolResult CheckAnswer(const ToolSpec& spec, const ToolResult& result);

}  // namespace frontdesk::tools
