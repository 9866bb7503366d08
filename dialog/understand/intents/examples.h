// Training examples as numbers, shared by the learners.
#pragma once

#include <cstdint>
#include <vector>

#include "dialog/understand/intents/lexical_features.h"

namespace frontdesk::understand {

// Row i is one example. Dense rows may be absent (dense_depth 0).
struct Examples {
  size_t dense_depth = 0;
  std::vector<float> dense;            // [row, dense_depth]
  std::vector<SparseVector> sparse;    // [row]
  std::vector<int> label;              // [row], 0..classes-1; -1: out of scope
  int classes = 0;

  size_t rows() const { return label.size(); }
  const float* dense_row(size_t row) const { return dense.data() + row * dense_depth; }
};

}  // namespace frontdesk::understand
