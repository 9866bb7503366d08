// Distance between short strings that may be misspelt. Pure, thread-safe.
//
//   EditDistance("recieve", "receive", 2);  // 1: neighbours swapped
//   Similarity("warrenty", "warranty");      // 0.875
#pragma once

#include <string_view>

namespace frontdesk::text {

// Fewest insertions, deletions, substitutions and swaps of neighbours, in code points
// (optimal string alignment: no piece is edited twice), or max + 1 when it is more than
// max. max >= 0. Cost: O(max · length).
int EditDistance(std::string_view a, std::string_view b, int max);

// 1 − distance / longer length, in code points: 1 for equal strings (also two empty
// ones), 0 for nothing in common.
double Similarity(std::string_view a, std::string_view b);

}  // namespace frontdesk::text
