// Multinomial logistic regression on dense features, by L-BFGS.
//
// Minimises |W|²/2 + cost · Σ cross entropy (the bias is not penalised). Deterministic: one
// thread, fixed order, our own exp. L-BFGS begins from the curvature of the features instead of
// from a sphere. Source: Nocedal & Wright, "Numerical Optimization", 7.2.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dialog/understand/intents/examples.h"

namespace frontdesk::understand {

struct SoftmaxOptions {
  float cost = 30.0f;
  int iterations = 80;        // at most
  float tolerance = 1e-3f;    // of the gradient's length, relative to the first one
};

// Weights [depth + 1, width]: the last row is the bias; width is classes rounded up to 16,
// columns beyond the classes are zero.
struct SoftmaxWeights {
  size_t depth = 0, width = 0;
  std::vector<float> w;
};

inline size_t PaddedWidth(int classes) { return (static_cast<size_t>(classes) + 15) / 16 * 16; }

// rows: indices of rows labelled 0..classes-1. weights (optional): one factor per entry of rows.
SoftmaxWeights TrainSoftmax(const Examples& examples, std::span<const uint32_t> rows,
                            const SoftmaxOptions& options);

}  // namespace frontdesk::understand
