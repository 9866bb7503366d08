// Writes a chat the way a model was trained to read it.
//
// A GGUF file carries its template as a Jinja program. We do not run programs out of
// files: the template is recognised by the marks it uses, and rendered by code of
// ours, so that rendering always ends and costs what the messages cost. Marks become
// control tokens; what a customer typed is plain text, whatever it looks like.
// Immutable, thread-safe. Source: docs/model_runtime.md.
//
//   auto chat = ChatTemplate::FromGguf(*file);
//   auto ids = (*chat).Render({{"user", "Hi"}}, *tokenizer);

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/gguf/gguf_file.h"
#include "llm/model.h"
#include "llm/tokenizer/tokenizer.h"

namespace frontdesk::llm {

// A rendered prompt. shared_tokens: how many of the first tokens come from the system
// message and the template alone, so that they may be shared between conversations.
struct RenderedPrompt {
  std::vector<int32_t> ids;
  int shared_tokens = 0;
};

class ChatTemplate {
 public:
  enum class Style { kPlain, kChatMl, kLlama3, kGemma };

  // A file without a template gets kPlain ("user: …"), as base models need.
  // Errors: INVALID_ARGUMENT for a template whose marks are not known.
  static absl::StatusOr<ChatTemplate> FromGguf(const GgufFile& file);

  // Ends where the assistant's answer begins.
  // Errors: FAILED_PRECONDITION when the vocabulary lacks a mark of the template.
  absl::StatusOr<RenderedPrompt> Render(const std::vector<ChatMessage>& messages,
                                        const Tokenizer& tokenizer) const;

  std::string_view name() const;

 private:
  Style style_ = Style::kPlain;
  std::string default_system_;  // put first when the chat has no system message
};

}  // namespace frontdesk::llm
