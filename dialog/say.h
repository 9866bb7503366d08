// Putting words before the customer: every Said event of a turn is made here.
//
// Works on the turn's thread. Text never holds personal data in clear: templates
// pass vault tokens on, documents are the business's own.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/turn.h"

namespace frontdesk::dialog {

// Says a reply of the bundle; `holes` are its values besides {assistant} and
// {business}. The wording changes with the times it was said. path: of Said.
void Speak(Turn& turn, std::string_view id, const nlohmann::json& holes = {},
              std::string_view path = "template");

// Says ready text.
void SayText(Turn& turn, std::string text, std::string_view path, std::string source,
             int64_t variant = 0, std::vector<Citation> citations = {});

// How money and dates are written in this conversation.
Style StyleOf(const Turn& turn);

// "a", "a or b", "a, b or c" in the conversation's language.
std::string Either(const std::vector<std::string>& options, std::string_view language);

}  // namespace frontdesk::dialog
