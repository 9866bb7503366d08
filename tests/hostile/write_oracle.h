// Judges a write that reached the business's system from the record alone: may it have?
// Knows nothing of the flow machine; reads events, the tool's declaration and the flow's text.
#pragma once

#include <string>
#include <vector>

#include "tests/hostile/hostile_world.h"

namespace frontdesk::dialog {

// Everything that is wrong with the write, one sentence each; empty: it was allowed.
std::vector<std::string> FaultsOf(const WriteCall& write, const Bundle& bundle);

}  // namespace frontdesk::dialog
