#include "dialog/understand/intents/linear_svm.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dialog/understand/intents/dense.h"

namespace frontdesk::understand {

namespace {

// splitmix64: our own, so that shuffles are the same everywhere.
uint64_t NextRandom(uint64_t* state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

void Shuffle(std::span<uint32_t> items, uint64_t* state) {
  for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[NextRandom(state) % i]);
}

class Machine {
 public:
  Machine(const Examples& examples, size_t features, const SvmOptions& options)
      : examples_(examples), options_(options), use_dense_(options.dense_scale > 0) {
    weights_.dense.assign(use_dense_ ? examples.dense_depth : 0, 0.0f);
    weights_.sparse.assign(options.sparse_scale > 0 ? features : 0, 0.0f);
  }

  float SquaredLength(uint32_t row) const {
    float sum = 1.0f;  // the bias feature
    if (use_dense_) {
      const float* x = examples_.dense_row(row);
      sum += options_.dense_scale * options_.dense_scale * Dot(x, x, examples_.dense_depth);
    }
    if (options_.sparse_scale > 0) {
      float squares = 0;
      for (const SparseEntry& e : examples_.sparse[row]) squares += e.value * e.value;
      sum += options_.sparse_scale * options_.sparse_scale * squares;
    }
    return sum;
  }

  float Score(uint32_t row) const {
    float sum = weights_.bias;
    if (use_dense_) {
      sum += options_.dense_scale *
             Dot(examples_.dense_row(row), weights_.dense.data(), examples_.dense_depth);
    }
    if (options_.sparse_scale > 0) {
      float sparse = 0;
      for (const SparseEntry& e : examples_.sparse[row]) sparse += weights_.sparse[e.feature] * e.value;
      sum += options_.sparse_scale * sparse;
    }
    return sum;
  }

  void Move(uint32_t row, float step) {
    weights_.bias += step;
    if (use_dense_) {
      AddScaled(step * options_.dense_scale, examples_.dense_row(row), weights_.dense.data(),
                examples_.dense_depth);
    }
    if (options_.sparse_scale > 0) {
      const float scaled = step * options_.sparse_scale;
      for (const SparseEntry& e : examples_.sparse[row]) weights_.sparse[e.feature] += scaled * e.value;
    }
  }

  SvmWeights Take() {
    for (float& w : weights_.dense) w *= options_.dense_scale;
    for (float& w : weights_.sparse) w *= options_.sparse_scale;
    return std::move(weights_);
  }

 private:
  const Examples& examples_;
  const SvmOptions& options_;
  const bool use_dense_;
  SvmWeights weights_;
};

}  // namespace

SvmWeights TrainSvm(const Examples& examples, std::span<const uint32_t> rows, int label,
                    size_t sparse_features, const SvmOptions& options) {
  Machine machine(examples, sparse_features, options);
  const float diagonal = 0.5f / options.cost;
  std::vector<float> alpha(rows.size(), 0.0f), q(rows.size());
  std::vector<uint32_t> active(rows.size());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    active[i] = i;
    q[i] = machine.SquaredLength(rows[i]) + diagonal;
  }
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  uint64_t random = static_cast<uint64_t>(label) * 0x2545f4914f6cdd1dull + 7;
  float shrink_above = kInfinity;
  size_t used = active.size();
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    Shuffle(std::span(active).first(used), &random);
    float largest = -kInfinity, smallest = kInfinity;
    for (size_t s = 0; s < used; ++s) {
      const uint32_t i = active[s];
      const float y = examples.label[rows[i]] == label ? 1.0f : -1.0f;
      const float gradient = y * machine.Score(rows[i]) - 1.0f + diagonal * alpha[i];
      float projected = gradient;
      if (alpha[i] == 0.0f) {
        if (gradient > shrink_above) {
          --used;
          std::swap(active[s], active[used]);
          --s;
          continue;
        }
        projected = std::min(gradient, 0.0f);
      }
      largest = std::max(largest, projected);
      smallest = std::min(smallest, projected);
      if (std::fabs(projected) > 1e-12f) {
        const float before = alpha[i];
        alpha[i] = std::max(before - gradient / q[i], 0.0f);
        machine.Move(rows[i], (alpha[i] - before) * y);
      }
    }
    if (largest - smallest <= options.tolerance) {
      if (used == active.size()) break;
      used = active.size();  // converged on the active rows: look at all of them once more
      shrink_above = kInfinity;
      continue;
    }
    shrink_above = largest <= 0.0f ? kInfinity : largest;
  }
  return machine.Take();
}

}  // namespace frontdesk::understand
