// The digits of a text in groups, as written and as spoken.
//
// "087 123 45 six seven" gives five groups: 087, 123, 45, 6, 7. Spoken numbers of
// seven languages count ("double oh" → 00, "nine hundred" → 900, "twenty one" → 21).
// Groups ascend and are disjoint. A spoken group alone is no number yet: recognisers
// ask for several in a row.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/pii/view.h"

namespace frontdesk::tools {

struct DigitGroup {
  std::uint32_t begin = 0, end = 0;  // in the view's text
  std::string digits;                // ASCII
  bool spoken = false;
};

using DigitGroups = std::vector<DigitGroup>;

// True for a word that is spoken for digits: "seven", "double", "null", "cinco". Lower case.
bool IsNumberWord(std::string_view word);

// Cost: O(n), one look-up a word.
DigitGroups FindDigitGroups(const View& view);

// The text between group i and the next.
std::string_view Gap(const View& view, const DigitGroups& groups, std::size_t i);

// True when the gap has at most `most` characters, all out of `allowed`; between spoken
// groups also "and", "," and "-" with blanks.
bool GapIs(const View& view, const DigitGroups& groups, std::size_t i, std::string_view allowed,
           std::size_t most);

// The digits of groups [first, last).
std::string JoinDigits(const DigitGroups& groups, std::size_t first, std::size_t last);

}  // namespace frontdesk::tools
