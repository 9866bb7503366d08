// The prompt of an answer, from the bundle's prompts/answer.txt. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "dialog/bundle/bundle.h"
#include "dialog/effects.h"
#include "llm/model.h"

namespace frontdesk::dialog {

// Messages for the model: sections "### system" and "### user" with their holes
// filled. Passages are numbered and fenced as data, cut so that the whole stays
// within `budget_chars`.
std::vector<llm::ChatMessage> AnswerPrompt(const Bundle& bundle, std::string_view question,
                                           const std::vector<FoundPassage>& passages,
                                           std::string_view language, size_t budget_chars);

}  // namespace frontdesk::dialog
