#include "dialog/answer/signal_judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace frontdesk::dialog {

SignalJudge SignalJudge::Train(const std::vector<std::vector<float>>& rows,
                               const std::vector<bool>& positive, const Options& options) {
  SignalJudge judge;
  const size_t signals = rows.front().size();
  judge.trees_ = BoostedTrees::Train(rows, positive, options.trees);
  judge.middle_.assign(signals, 0);
  judge.spread_.assign(signals, 0);
  const auto n = static_cast<float>(rows.size());
  for (const auto& row : rows)
    for (size_t s = 0; s < signals; ++s) judge.middle_[s] += row[s] / n;
  for (const auto& row : rows)
    for (size_t s = 0; s < signals; ++s) {
      const float d = row[s] - judge.middle_[s];
      judge.spread_[s] += d * d / n;
    }
  for (float& s : judge.spread_) s = std::sqrt(s) + 1e-3f;
  std::vector<screen::LogisticRow> scaled;
  for (size_t i = 0; i < rows.size(); ++i) {
    screen::LogisticRow row;
    row.positive = positive[i];
    for (size_t s = 0; s < signals; ++s) {
      row.features.push_back(
          {static_cast<uint32_t>(s), (rows[i][s] - judge.middle_[s]) / judge.spread_[s]});
    }
    scaled.push_back(std::move(row));
  }
  std::vector<const screen::LogisticRow*> borrowed;
  for (const auto& row : scaled) borrowed.push_back(&row);
  const screen::LogisticWeights w =
      screen::TrainLogistic(borrowed, static_cast<uint32_t>(signals), options.cost);
  judge.weights_ = w.w;
  judge.bias_ = w.bias;
  return judge;
}

double SignalJudge::Score(std::span<const float> signals) const {
  double linear = bias_;
  for (size_t s = 0; s < weights_.size(); ++s) {
    linear += static_cast<double>(weights_[s]) * (signals[s] - middle_[s]) / spread_[s];
  }
  return (2 * trees_.Score(signals) + linear) / 3;
}

int64_t SignalJudge::Probability(std::span<const float> signals) const {
  return static_cast<int64_t>(calibration_(Score(signals)) * 1e6 + 0.5);
}

void SignalJudge::Put(understand::ByteWriter& out) const {
  out.Put(trees_.base());
  std::vector<int16_t> signal;
  std::vector<float> threshold, value;
  for (const TreeNode& node : trees_.nodes()) {
    signal.push_back(node.signal);
    threshold.push_back(node.threshold);
    value.push_back(node.value);
  }
  out.PutArray(signal);
  out.PutArray(threshold);
  out.PutArray(value);
  out.PutArray(weights_);
  out.PutArray(middle_);
  out.PutArray(spread_);
  out.Put(bias_);
  out.Put(calibration_.a);
  out.Put(calibration_.b);
}

std::optional<SignalJudge> SignalJudge::Get(understand::ByteReader& in, size_t signals) {
  SignalJudge judge;
  const float base = in.Get<float>();
  const auto signal = in.GetArray<int16_t>();
  const auto threshold = in.GetArray<float>(), value = in.GetArray<float>();
  if (threshold.size() != signal.size() || value.size() != signal.size() ||
      signal.size() % BoostedTrees::kNodes != 0) {
    return std::nullopt;
  }
  std::vector<TreeNode> nodes;
  for (size_t i = 0; i < signal.size(); ++i) {
    // A question needs both its answers within the tree, and a signal that exists.
    const bool inner = 2 * (i % BoostedTrees::kNodes) + 2 < BoostedTrees::kNodes;
    if (signal[i] >= static_cast<int>(signals) || (signal[i] >= 0 && !inner)) return std::nullopt;
    nodes.push_back({signal[i], threshold[i], value[i]});
  }
  judge.trees_ = BoostedTrees::From(base, std::move(nodes));
  judge.weights_ = in.GetArray<float>();
  judge.middle_ = in.GetArray<float>();
  judge.spread_ = in.GetArray<float>();
  judge.bias_ = in.Get<float>();
  judge.calibration_.a = in.Get<double>();
  judge.calibration_.b = in.Get<double>();
  if (judge.weights_.size() != signals || judge.middle_.size() != signals ||
      judge.spread_.size() != signals || !in.ok()) {
    return std::nullopt;
  }
  return judge;
}

std::vector<double> ScoreOutOfFold(const std::vector<std::vector<float>>& rows,
                                   const std::vector<bool>& positive, const std::vector<int>& fold,
                                   int folds, const SignalJudge::Options& options) {
  std::vector<double> scores(rows.size(), 0);
  for (int f = 0; f < folds; ++f) {
    std::vector<std::vector<float>> kept;
    std::vector<bool> labels;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (fold[i] == f) continue;
      kept.push_back(rows[i]);
      labels.push_back(positive[i]);
    }
    if (kept.empty()) continue;
    const SignalJudge judge = SignalJudge::Train(kept, labels, options);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (fold[i] == f) scores[i] = judge.Score(rows[i]);
    }
  }
  return scores;
}

}  // namespace frontdesk::dialog
