// Checks across files: what intents, policies and screen rules lead to exists, no
// example stands under two intents. Calls CheckFlow for each flow. Private to
// dialog/bundle/.
#pragma once

#include <vector>

#include "dialog/bundle/bundle.h"

namespace frontdesk::dialog {

void CheckBundle(const Bundle& bundle, std::vector<BundleFault>& faults);

}  // namespace frontdesk::dialog
