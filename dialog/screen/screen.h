// The screen: attacks, abuse and emergencies in a customer's message, by the
// patterns of policies/screen.yaml.
//
// Pure, thread-safe. Patterns see the folded text (lower case, confusables and
// zero-width characters undone), so disguises of that kind do not help. docs/screen.md.
#pragma once

#include <string_view>
#include <vector>

#include "dialog/bundle/settings.h"
#include "dialog/events.h"

namespace frontdesk::dialog {

// The first rule that matches decides; "pass" when none does.
// Cost: one RE2 pass per pattern.
Screened ScreenText(std::string_view text, const std::vector<ScreenRule>& rules);

// True when a passage or a tool's text holds words aimed at the assistant: it may be
// quoted as data, but is never put into a prompt.
bool HoldsInstructions(std::string_view text, const std::vector<ScreenRule>& rules);

}  // namespace frontdesk::dialog
