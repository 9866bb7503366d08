#include "dialog/understand/intents/pleasantry.h"

#include <algorithm>
#include <cstdint>

#include "dialog/understand/intents/dense.h"
#include "dialog/understand/intents/softmax_regression.h"
#include "llm/math.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kMostExamples = 500;
constexpr float kCost = 1.5f;

}  // namespace

double PleasantryHead::Probability(const float* features) const {
  if (w.empty()) return 0;
  const size_t depth = w.size() - 1;
  return llm::Sigmoid(Dot(w.data(), features, depth) + w[depth]);
}

PleasantryHead TrainPleasantry(std::span<const float> pleasantries,
                               std::span<const float> plain_wishes,
                               std::span<const float> examples, size_t depth) {
  Examples set;
  set.dense_depth = depth;
  set.classes = 2;
  // Adds `most` evenly spread rows, or all; returns how many.
  const auto add = [&](std::span<const float> rows, size_t most, int label) {
    const size_t there = rows.size() / depth, taken = std::min(there, most);
    for (size_t i = 0; i < taken; ++i) {
      const auto row = rows.subspan(i * there / taken * depth, depth);
      set.dense.insert(set.dense.end(), row.begin(), row.end());
      set.label.push_back(label);
    }
    return static_cast<uint32_t>(taken);
  };
  const uint32_t meant = add(examples, kMostExamples, 0);
  const uint32_t plain = add(plain_wishes, SIZE_MAX, 0);
  const uint32_t said = add(pleasantries, SIZE_MAX, 1);
  std::vector<uint32_t> rows;  // each group in turn, again from its start when it is through
  for (uint32_t i = 0; i < kMostExamples; ++i) {
    rows.push_back(i % meant);
    rows.push_back(meant + plain + 2 * i % said);
    rows.push_back(meant + i % plain);
    rows.push_back(meant + plain + (2 * i + 1) % said);
  }
  const SoftmaxWeights weights = TrainSoftmax(set, rows, {.cost = kCost});
  PleasantryHead head;
  for (size_t d = 0; d <= depth; ++d) {
    head.w.push_back(weights.w[d * weights.width + 1] - weights.w[d * weights.width]);
  }
  return head;
}

}  // namespace frontdesk::understand
