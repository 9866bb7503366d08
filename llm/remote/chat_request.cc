#include "llm/remote/chat_request.h"

#include <nlohmann/json.hpp>

#include "llm/runtime/sampler.h"

namespace frontdesk::llm {

std::string ChatRequestBody(const GenerateRequest& request, const std::string& model) {
  nlohmann::json messages = nlohmann::json::array();
  for (const ChatMessage& message : request.messages) {
    messages.push_back({{"role", message.role}, {"content", message.content}});
  }
  const RandomStream stream = StreamOf(request.key);
  nlohmann::json body = {
      {"model", model},
      {"messages", std::move(messages)},
      {"max_tokens", request.max_tokens},
      {"temperature", request.sampling.temperature},
      {"top_p", request.sampling.top_p},
      {"seed", static_cast<int64_t>((stream.key ^ stream.turn) & 0x7FFFFFFF)},
      {"stream", true},
      {"stream_options", {{"include_usage", true}}},
  };
  return body.dump();
}

}  // namespace frontdesk::llm
