// One-against-rest linear support vector machines on dense and sparse features together.
//
// Squared hinge loss, dual coordinate descent with shrinking (Hsieh et al., "A Dual Coordinate
// Descent Method for Large-scale Linear SVM", ICML 2008). Each class is trained alone, in an
// order its number seeds, so the result is the same for any number of threads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dialog/understand/intents/examples.h"

namespace frontdesk::understand {

struct SvmOptions {
  float cost = 1.0f;         // C: penalty of a violated margin
  float dense_scale = 1.0f;  // factor of dense features; 0 leaves them out
  float sparse_scale = 1.0f;
  int epochs = 30;           // at most
  float tolerance = 0.1f;    // stop when no projected gradient is larger
};

// Weights of one class: dense [depth], sparse [features], bias; already multiplied by the scales.
struct SvmWeights {
  std::vector<float> dense, sparse;
  float bias = 0;
};

// Separates the rows labelled `label` from the other given rows.
// rows: indices into examples, at least one of each side.
// Cost: O(epochs · nonzeros of the active rows).
SvmWeights TrainSvm(const Examples& examples, std::span<const uint32_t> rows, int label,
                    size_t sparse_features, const SvmOptions& options);

}  // namespace frontdesk::understand
