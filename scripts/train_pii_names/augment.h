// More to learn from than the labelled texts hold.
#pragma once

#include <cstdint>
#include <vector>

#include "scripts/train_pii_names/labelled_text.h"

namespace frontdesk::tools {

// The rows as they are, the rows with other persons in them, and sentences of a shop; of
// all these some again in lower case and some in capitals. The same seed gives the same.
std::vector<Labelled> Augmented(const std::vector<Labelled>& rows, std::uint64_t seed);

}  // namespace frontdesk::tools
