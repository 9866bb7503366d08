#include "llm/remote/chat_delta.h"

#include <nlohmann/json.hpp>

#include "absl/status/status.h"

namespace frontdesk::llm {
namespace {

constexpr int kDeepest = 32;

absl::Status Odd(const char* what) {
  return absl::UnavailableError(std::string("the remote model's stream holds ") + what);
}

// The member, or null when it is absent, null or the parent is no object.
const nlohmann::json* Member(const nlohmann::json& parent, const char* name) {
  if (!parent.is_object()) return nullptr;
  const auto found = parent.find(name);
  return found == parent.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

absl::StatusOr<ChatDelta> ReadChatDelta(std::string_view data) {
  ChatDelta delta;
  if (data == "[DONE]") {
    delta.done = true;
    return delta;
  }
  bool too_deep = false;
  const auto bound = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep |= depth > kDeepest;
    return depth <= kDeepest;
  };
  const nlohmann::json event =
      nlohmann::json::parse(data.begin(), data.end(), bound, /*allow_exceptions=*/false);
  if (event.is_discarded() || too_deep || !event.is_object()) return Odd("what is not JSON");
  if (Member(event, "error") != nullptr) return Odd("an error instead of an answer");

  if (const nlohmann::json* usage = Member(event, "usage")) {
    if (const nlohmann::json* count = Member(*usage, "prompt_tokens")) {
      if (!count->is_number_integer() || *count < 0 || *count > 1'000'000'000)
        return Odd("a count of tokens that is none");
      delta.prompt_tokens = count->get<int>();
    }
  }
  const nlohmann::json* choices = Member(event, "choices");
  if (choices == nullptr || !choices->is_array()) return Odd("an event without choices");
  if (choices->empty()) return delta;  // the last event of some servers: usage only
  const nlohmann::json& choice = choices->front();
  if (!choice.is_object()) return Odd("a choice that is no object");
  if (const nlohmann::json* reason = Member(choice, "finish_reason")) {
    if (!reason->is_string()) return Odd("a finish_reason that is no text");
    delta.finish_reason = reason->get<std::string>();
  }
  if (const nlohmann::json* piece = Member(choice, "delta")) {
    if (!piece->is_object()) return Odd("a delta that is no object");
    if (const nlohmann::json* content = Member(*piece, "content")) {
      if (!content->is_string()) return Odd("a content that is no text");
      delta.text = content->get<std::string>();
    }
  }
  return delta;
}

}  // namespace frontdesk::llm
