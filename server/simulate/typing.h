// How a message looks when a person in a hurry types it.
#pragma once

#include <string>

#include "tools/crm/generate/random.h"

namespace frontdesk::server {

// Swapped, dropped, doubled and neighbouring keys, lost capitals and full stops. Digits and
// words with an @ stay as they are: people copy those. sloppiness: 0..100, chance in per cent
// that a word of five letters or more is hit.
std::string TypedBy(std::string text, int sloppiness, tools::Random& random);

}  // namespace frontdesk::server
