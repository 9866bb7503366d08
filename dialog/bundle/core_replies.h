// The replies and screen rules that every bundle has unless it brings its own.
// Private to dialog/bundle/.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "dialog/bundle/settings.h"

namespace frontdesk::dialog {

// All core replies in those of the given languages that have them built in, and in the first one
// (in English where it has none).
std::map<std::string, ReplyText> CoreReplies(const std::vector<std::string>& languages);

// Whether the core replies are built in for a language.
bool HasCoreReplies(std::string_view language);

// YAML of the built-in policies/screen.yaml.
std::string_view CoreScreenYaml();

// Text of the built-in prompts/answer.txt.
std::string_view CoreAnswerPrompt();

}  // namespace frontdesk::dialog
