#include "llm/check_request.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "llm/tokenizer/utf8_stream.h"

namespace frontdesk::llm {

absl::Status CheckRequest(const GenerateRequest& request) {
  if (request.messages.empty()) {
    return absl::InvalidArgumentError("a chat needs at least one message");
  }
  for (size_t i = 0; i < request.messages.size(); ++i) {
    const ChatMessage& message = request.messages[i];
    const bool system_first = message.role == "system" && i == 0;
    if (!system_first && message.role != "user" && message.role != "assistant") {
      return absl::InvalidArgumentError(
          absl::StrCat("message ", i, " has the role \"", message.role,
                       "\"; use user or assistant, and system for the first message only"));
    }
    if (!IsWholeUtf8(message.content)) {
      return absl::InvalidArgumentError(absl::StrCat("message ", i, " is not valid UTF-8"));
    }
  }
  if (request.max_tokens < 1) {
    return absl::InvalidArgumentError("max_tokens must be 1 or more");
  }
  const Sampling& sampling = request.sampling;
  if (!(sampling.temperature >= 0 && sampling.temperature <= 10)) {
    return absl::InvalidArgumentError("temperature must be between 0 and 10");
  }
  if (sampling.top_k < 0) return absl::InvalidArgumentError("top_k must be 0 or more");
  if (!(sampling.top_p > 0 && sampling.top_p <= 1)) {
    return absl::InvalidArgumentError("top_p must be above 0 and at most 1");
  }
  if (request.stop_after_tokens &&
      (*request.stop_after_tokens < 0 || *request.stop_after_tokens > request.max_tokens)) {
    return absl::InvalidArgumentError("stop_after_tokens must be between 0 and max_tokens");
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::llm
