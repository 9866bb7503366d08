#include "dialog/answer/boosted_trees.h"

#include <algorithm>
#include <cmath>

#include "dialog/screen/logistic.h"
#include "llm/math.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kBins = 32;

// Thresholds between quantiles of a signal.
std::vector<float> ThresholdsOf(const std::vector<std::vector<float>>& rows, size_t signal) {
  std::vector<float> values;
  for (const std::vector<float>& row : rows) values.push_back(row[signal]);
  std::sort(values.begin(), values.end());
  std::vector<float> thresholds;
  for (size_t bin = 1; bin < kBins; ++bin) {
    const float value = values[bin * values.size() / kBins];
    if (value > values.front() && (thresholds.empty() || value > thresholds.back())) {
      thresholds.push_back(value);
    }
  }
  return thresholds;
}

struct Sums {
  double gradient = 0, hessian = 0;
  void Add(const Sums& other) {
    gradient += other.gradient;
    hessian += other.hessian;
  }
};

class Grower {
 public:
  Grower(const std::vector<std::vector<float>>& rows, const BoostedTrees::Options& options)
      : rows_(rows), options_(options) {
    for (size_t s = 0; s < rows[0].size(); ++s) thresholds_.push_back(ThresholdsOf(rows, s));
    bins_.resize(rows.size() * rows[0].size());
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t s = 0; s < rows[0].size(); ++s) {
        const auto& t = thresholds_[s];
        bins_[i * rows[0].size() + s] = static_cast<uint8_t>(
            std::upper_bound(t.begin(), t.end(), rows[i][s]) - t.begin());
      }
    }
  }

  // One tree in heap order from row weights; adds its values to the scores.
  std::vector<TreeNode> Grow(const std::vector<Sums>& weights, std::vector<double>& scores) {
    std::vector<TreeNode> tree(BoostedTrees::kNodes);
    std::vector<size_t> all(rows_.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    Split(0, 0, all, weights, tree, scores);
    return tree;
  }

 private:
  double Gain(const Sums& s) const {
    return s.gradient * s.gradient / (s.hessian + options_.penalty);
  }

  void Split(size_t node, int depth, const std::vector<size_t>& rows,
             const std::vector<Sums>& weights, std::vector<TreeNode>& tree,
             std::vector<double>& scores) {
    Sums total;
    for (const size_t i : rows) total.Add(weights[i]);
    int best_signal = -1;
    size_t best_bin = 0;
    double best_gain = 1e-6;
    const size_t width = thresholds_.size();
    for (size_t s = 0; depth < BoostedTrees::kDepth && s < width; ++s) {
      if (thresholds_[s].empty()) continue;
      std::vector<Sums> histogram(thresholds_[s].size() + 1);
      for (const size_t i : rows) histogram[bins_[i * width + s]].Add(weights[i]);
      Sums left;
      for (size_t bin = 0; bin + 1 < histogram.size(); ++bin) {
        left.Add(histogram[bin]);
        const Sums right{total.gradient - left.gradient, total.hessian - left.hessian};
        if (left.hessian < options_.least_weight || right.hessian < options_.least_weight) continue;
        const double gain = Gain(left) + Gain(right) - Gain(total);
        if (gain > best_gain) {
          best_gain = gain;
          best_signal = static_cast<int>(s);
          best_bin = bin;
        }
      }
    }
    if (best_signal < 0) {
      const double value = -options_.rate * total.gradient / (total.hessian + options_.penalty);
      tree[node].value = static_cast<float>(value);
      for (const size_t i : rows) scores[i] += tree[node].value;
      return;
    }
    tree[node].signal = static_cast<int16_t>(best_signal);
    tree[node].threshold = thresholds_[static_cast<size_t>(best_signal)][best_bin];
    std::vector<size_t> left, right;
    for (const size_t i : rows) {
      (bins_[i * width + static_cast<size_t>(best_signal)] <= best_bin ? left : right).push_back(i);
    }
    Split(2 * node + 1, depth + 1, left, weights, tree, scores);
    Split(2 * node + 2, depth + 1, right, weights, tree, scores);
  }

  const std::vector<std::vector<float>>& rows_;
  const BoostedTrees::Options options_;
  std::vector<std::vector<float>> thresholds_;
  std::vector<uint8_t> bins_;
};

}  // namespace

BoostedTrees BoostedTrees::Train(const std::vector<std::vector<float>>& rows,
                                 const std::vector<bool>& positive, const Options& options) {
  BoostedTrees trees;
  if (rows.empty()) return trees;
  double ones = 0;
  for (const bool p : positive) ones += p ? 1 : 0;
  const double zeros = static_cast<double>(rows.size()) - ones;
  trees.base_ = static_cast<float>(llm::Log((ones + 1) / (zeros + 1)));
  std::vector<double> scores(rows.size(), trees.base_);
  Grower grower(rows, options);
  std::vector<Sums> weights(rows.size());
  for (int round = 0; round < options.rounds; ++round) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const double p = screen::Sigmoid(scores[i]);
      weights[i] = {p - (positive[i] ? 1.0 : 0.0), std::max(p * (1 - p), 1e-6)};
    }
    const std::vector<TreeNode> tree = grower.Grow(weights, scores);
    trees.nodes_.insert(trees.nodes_.end(), tree.begin(), tree.end());
  }
  return trees;
}

double BoostedTrees::Score(std::span<const float> signals) const {
  double score = base_;
  for (size_t root = 0; root < nodes_.size(); root += kNodes) {
    size_t node = 0;
    while (nodes_[root + node].signal >= 0) {
      const TreeNode& at = nodes_[root + node];
      node = 2 * node + (signals[static_cast<size_t>(at.signal)] < at.threshold ? 1 : 2);
    }
    score += nodes_[root + node].value;
  }
  return score;
}

BoostedTrees BoostedTrees::From(float base, std::vector<TreeNode> nodes) {
  BoostedTrees trees;
  trees.base_ = base;
  trees.nodes_ = std::move(nodes);
  return trees;
}

}  // namespace frontdesk::dialog
