// One event of a streamed chat completion, read from its JSON. Pure, thread-safe.
//
//   ReadChatDelta(R"({"choices":[{"delta":{"content":"Hi"}}]})")->text == "Hi"

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace frontdesk::llm {

struct ChatDelta {
  std::string text;           // valid UTF-8, may be empty
  std::string finish_reason;  // "stop", "length", …; empty: it goes on
  std::optional<int> prompt_tokens;
  bool done = false;  // the data was [DONE]
};

// Errors: UNAVAILABLE (not JSON, nested deeper than 32, no "choices" of the protocol's shape, or
// the server reports an error; its text is not repeated, as it may hold a customer's words).
absl::StatusOr<ChatDelta> ReadChatDelta(std::string_view data);

}  // namespace frontdesk::llm
