// What a confirmation was based on, as a digest. Private to dialog/flows/.
#pragma once

#include <string>
#include <vector>

#include "dialog/state.h"

namespace frontdesk::dialog {

// Hex SHA-256 of the canonical values of the named results as they are now.
std::string DigestOfReads(const FlowInstance& instance, const std::vector<std::string>& reads);

}  // namespace frontdesk::dialog
