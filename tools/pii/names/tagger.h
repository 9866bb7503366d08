// The name tagger: an averaged structured perceptron over hashed features.
//
// Every token gets one of nine tags (begin and inside of four kinds of names, or
// none); the best sequence is found by Viterbi over integer scores, so that a text
// has the same tags on every machine. Weights live in a hash table of 16-bit checks
// and 8-bit weights, committed as weights.bin (docs/redaction.md: format, training).
// Source: Collins 2002, "Discriminative training methods for hidden Markov models".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tools/pii/names/name_tokens.h"

namespace frontdesk::tools {

enum class NameTag : std::uint8_t {
  kNone,
  kPersonBegin,
  kPersonInside,
  kAddressBegin,
  kAddressInside,
  kPlaceBegin,
  kPlaceInside,
  kCompanyBegin,
  kCompanyInside,
};
inline constexpr int kNameTags = 9;

// The features of token i, appended to out. The same for training and tagging.
void NameFeatures(std::span<const NameToken> tokens, std::size_t i,
                  std::vector<std::uint64_t>& out);

// Weights as they lie in weights.bin, little-endian.
struct NameWeights {
  struct Slot {
    std::uint16_t check = 0;  // 0: empty
    std::array<std::int8_t, kNameTags> weight{};
    std::uint8_t unused = 0;
  };
  static constexpr int kSlotBits = 15;
  static constexpr int kProbes = 8;

  std::array<std::array<std::int16_t, kNameTags>, kNameTags + 1>
      transition{};  // [from or start][to]
  std::array<Slot, 1u << kSlotBits> slots{};

  // The weights of a feature, null when it has none.
  const Slot* Find(std::uint64_t feature) const;
};

// The weights built into the program.
const NameWeights& BuiltInNameWeights();

// The best tags, one per token. Cost: about 1 µs a token.
std::vector<NameTag> TagNames(std::span<const NameToken> tokens, const NameWeights& weights);

// The best tags for given emission scores [tokens][kNameTags]; used in training too.
// Inside tags follow only a begin or inside of their kind.
std::vector<NameTag> BestTags(
    std::span<const std::array<std::int32_t, kNameTags>> emission,
    const std::array<std::array<std::int32_t, kNameTags>, kNameTags + 1>& transition);

}  // namespace frontdesk::tools
