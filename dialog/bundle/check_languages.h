// What a bundle of several languages says in its first one instead. Private to dialog/bundle/.
#pragma once

#include <vector>

#include "dialog/bundle/bundle.h"

namespace frontdesk::dialog {

// Adds one warning a file and language: how many of the labels and texts that customers read there
// have no wording in that language, and the first few by name.
void CheckLanguages(const Bundle& bundle, std::vector<BundleFault>& faults);

}  // namespace frontdesk::dialog
