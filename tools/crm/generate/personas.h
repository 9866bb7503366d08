// The fixed people and orders of the demo shop, told relative to the reference
// day. docs/demo_crm.md lists them for whoever writes a demo or a transcript.
#pragma once

#include <string>
#include <vector>

#include "tools/crm/database.h"
#include "tools/crm/generate/story.h"

namespace frontdesk::tools {

// Writes them and what is special about each. Returns the order numbers used.
// Their customers are C00001 to C00020.
std::vector<std::string> AddPersonas(Database& db, StoryWriter& writer);
inline constexpr int kPersonas = 20;

}  // namespace frontdesk::tools
