// Tells a clause that only keeps a wish company ("I have been a customer for ages") from a wish.
//
// A logistic head on the encoder's features, trained with the bundle: pleasantries against the
// bundle's own examples and plain wishes of every language (words/pleasantries.h). Without the
// latter a language of which the bundle has few examples would seem polite altogether. Values.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace frontdesk::understand {

struct PleasantryHead {
  std::vector<float> w;  // [depth + 1], the last is the bias; empty: no head

  // 0..1; 0 without a head. features: [depth].
  double Probability(const float* features) const;
};

// Each: [row, depth], of at least one row. Pleasantries weigh as much as the others together, plain
// wishes as much as the bundle's examples; of more than 500 examples, 500 evenly spread ones are
// learnt from. Deterministic. Cost: about 0.3 s.
PleasantryHead TrainPleasantry(std::span<const float> pleasantries,
                               std::span<const float> plain_wishes,
                               std::span<const float> examples, size_t depth);

}  // namespace frontdesk::understand
