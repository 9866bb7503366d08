// The prompt of an answer, from the bundle's prompts/answer.txt. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialog/answer/window.h"
#include "dialog/bundle/bundle.h"
#include "dialog/effects.h"
#include "llm/model.h"

namespace frontdesk::dialog {

// Messages for the model: sections "### system" and "### user" with their holes
// filled. Passages are numbered and fenced as data (marks of that kind inside them are
// taken out); they and the summary of the conversation so far ({conversation}, empty in its
// first turn) stay within the budget, which learns what was used of it.
std::vector<llm::ChatMessage> AnswerPrompt(const Bundle& bundle, std::string_view question,
                                           const std::vector<FoundPassage>& passages,
                                           const std::string& summary, std::string_view language,
                                           PromptBudget& budget);

// What events name a prompt by: hex SHA-256 over roles and contents.
std::string PromptDigest(const std::vector<llm::ChatMessage>& messages);

}  // namespace frontdesk::dialog
