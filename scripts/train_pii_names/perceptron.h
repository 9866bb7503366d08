// The averaged perceptron that learns the tags of names (Collins 2002; Freund and Schapire 1999).
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "scripts/train_pii_names/labelled_text.h"
#include "tools/pii/names/tagger.h"

namespace frontdesk::tools {

// Not thread-safe. Memory: about 200 bytes a token and 100 a feature.
class Perceptron {
 public:
  // Takes a text to learn from.
  void Add(const Labelled& row);

  // Passes over all texts several times, in an order drawn from the seed.
  void Train(std::uint64_t seed);

  // The averaged weights scaled to 8 bits, the largest features first into the table.
  // Prints to stderr how many found room.
  NameWeights Pack() const;

 private:
  struct Sentence {
    std::vector<std::vector<std::uint32_t>> features;  // ids by token
    std::vector<int> tags;
  };
  using Emission = std::array<std::int32_t, kNameTags>;

  void Step(const Sentence& sentence);
  void Change(std::int32_t& weight, std::int64_t& total, int by) {
    weight += by;
    total += step_ * by;
  }

  std::unordered_map<std::uint64_t, std::uint32_t> id_of_;
  std::vector<std::uint64_t> features_;
  std::vector<Sentence> sentences_;
  std::vector<Emission> weight_;
  std::vector<std::array<std::int64_t, kNameTags>> total_;
  std::array<Emission, kNameTags + 1> transition_{};
  std::array<std::array<std::int64_t, kNameTags>, kNameTags + 1> transition_total_{};
  std::int64_t step_ = 0;
};

}  // namespace frontdesk::tools
