// Chooses among overlapping candidates.
#pragma once

#include <string_view>
#include <vector>

#include "tools/pii/recognise/candidate.h"

namespace frontdesk::tools {

// The candidates that win, disjoint, in order of their place.
//
// A candidate that a stronger one overlaps is dropped. Stronger is, in this order: the
// type's rank (checked numbers before patterns before the model's guesses), the
// confidence, the length, the earlier place. Cost: O(n log n).
Candidates Resolve(Candidates candidates);

// Removes the cards, phones, ids, accounts, postcodes and persons that lie wholly within
// a stretch that matches the pattern (RE2, any case, the longest match) and stands alone.
// Invalid patterns match nothing.
void DropExpected(std::string_view text, std::string_view pattern, Candidates& candidates);

}  // namespace frontdesk::tools
