// A text as the attack model reads it: hashed n-grams, how it is built, where it ends.
//
// Blocks of hashed features, each of length 1: words and signs (one to three in a row),
// characters (two to five within a word), the words of the last sentence, and a few
// counts of structure. Features are hashes: no string is kept. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace frontdesk::screen {

inline constexpr int kHashBits = 16;
inline constexpr uint32_t kBlockSize = 1u << kHashBits;
inline constexpr uint32_t kBlocks = 3;
inline constexpr uint32_t kStructureFeatures = 16;
// Places of all features; structure stands behind the blocks.
inline constexpr uint32_t kFeatures = kBlocks * kBlockSize + kStructureFeatures;

struct Feature {
  uint32_t place = 0;
  float value = 0;
};
using FeatureVector = std::vector<Feature>;  // ascending places, no place twice

// The last sentence or line of a text that holds a word; the text when it holds none.
std::string_view LastSentence(std::string_view text);

// folded: a reading of disguise.h, of which the first 8,000 bytes count. Cost: O(n).
FeatureVector ScreenFeatures(std::string_view folded);

}  // namespace frontdesk::screen
