// Gradient-boosted regression trees on a few dense signals, for two classes.
//
// Newton boosting of logistic loss (Friedman 2001; Chen & Guestrin 2016) with trees of at
// most three questions a path and quantile thresholds. Deterministic. Immutable once
// trained; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace frontdesk::dialog {

struct TreeNode {
  int16_t signal = -1;   // -1: a leaf
  float threshold = 0;   // signals below go left
  float value = 0;       // of a leaf: log odds
};

class BoostedTrees {
 public:
  struct Options {
    int rounds = 160;
    float rate = 0.06f;
    float least_weight = 6;  // hessian in a leaf
    float penalty = 2;       // L2 on leaf values
  };

  // rows: as many signals each. positive: parallel to rows.
  static BoostedTrees Train(const std::vector<std::vector<float>>& rows,
                            const std::vector<bool>& positive, const Options& options);

  // Log odds. Cost: three comparisons a tree.
  double Score(std::span<const float> signals) const;

  // kNodes a tree, in heap order.
  const std::vector<TreeNode>& nodes() const { return nodes_; }
  float base() const { return base_; }
  static BoostedTrees From(float base, std::vector<TreeNode> nodes);

  static constexpr int kDepth = 3;
  static constexpr int kNodes = (1 << (kDepth + 1)) - 1;

 private:
  float base_ = 0;
  std::vector<TreeNode> nodes_;
};

}  // namespace frontdesk::dialog
