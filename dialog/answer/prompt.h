// The prompt of an answer: the bundle's prompts/answer.txt with passages and question put in.
//
// Pure; thread-safe. Passages and question are data: what looks like a mark of the
// prompt file inside them is disarmed. The budget is counted in bytes, so that no
// tokenizer is needed: a passage that does not fit is left out, the best ones first in.
//
//   auto messages = AnswerPrompt(text, {.assistant = "Pip", .question = q, .passages = passages});
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/effects.h"
#include "llm/model.h"

namespace frontdesk::dialog {

struct PromptParts {
  std::string assistant, business, language, question;
  std::span<const FoundPassage> passages;
  size_t passage_bytes = 3000;  // all passages together
};

// prompt: sections "### system" and "### user" with the holes {assistant}, {business},
// {language}, {passages}, {question}.
// Errors: INVALID_ARGUMENT (no user section, an unknown hole; named).
absl::StatusOr<std::vector<llm::ChatMessage>> AnswerPrompt(std::string_view prompt,
                                                           const PromptParts& parts);

// Hex SHA-256 over roles and texts: what the model.generated event records.
std::string PromptDigest(const std::vector<llm::ChatMessage>& messages);

}  // namespace frontdesk::dialog
