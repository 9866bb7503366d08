// Words of a text as the name tagger sees them, with everything its features need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::tools {

struct NameToken {
  std::uint32_t begin = 0, end = 0;  // bytes of the text
  std::string lower;                 // "\n" for line breaks
  std::string shape;                 // "Xx", "X", "dddd", "ddx", "," …
  std::uint32_t kinds = 0;           // word_lists.h, with the bits below
};

// Further bits of kinds, of the token itself.
inline constexpr std::uint32_t kHasDigit = 1u << 16;
inline constexpr std::uint32_t kStreetEnding = 1u << 17;
inline constexpr std::uint32_t kLineBreak = 1u << 18;
inline constexpr std::uint32_t kCapital = 1u << 19;

// Letters hold together with inner apostrophes and hyphens ("O'Dowd", "Anne-Marie"; the
// 's of a possessive stands alone), digits with letters glued to them ("12a"), other
// characters stand alone, runs of line breaks are one token. Cost: O(n).
std::vector<NameToken> NameTokens(std::string_view text);

}  // namespace frontdesk::tools
