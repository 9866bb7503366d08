// flows/*.yaml → Flow, with faults instead of stops. Private to dialog/bundle/.
// What a step may refer to is checked later, in check_flow.h.
#pragma once

#include <optional>

#include "dialog/bundle/flow.h"
#include "dialog/bundle/read_text.h"
#include "dialog/bundle/settings.h"

namespace frontdesk::dialog {

// One file holds one flow. Nothing when it has no name or no steps.
std::optional<Flow> ReadFlow(const YAML::Node& root, const ReadContext& context,
                             const Assistant& assistant);

}  // namespace frontdesk::dialog
