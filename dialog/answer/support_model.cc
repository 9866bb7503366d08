#include "dialog/answer/support_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "dialog/understand/bytes.h"

// clang-format off
__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    ".global frontdesk_support_weights\n"
    "frontdesk_support_weights:\n"
    ".incbin \"" FRONTDESK_SUPPORT_WEIGHTS "\"\n"
    ".global frontdesk_support_weights_end\n"
    "frontdesk_support_weights_end:\n"
    ".byte 0\n"
    ".previous\n");
// clang-format on

extern "C" {
extern const char frontdesk_support_weights[];
extern const char frontdesk_support_weights_end[];
}

namespace frontdesk::dialog {
namespace {

constexpr uint64_t kSupportMagic = 0x3130505055534446ull;  // "FDSUPP01"
constexpr float kSupportCost = 1;

}  // namespace

SupportModel::Judge SupportModel::TrainJudge(const std::vector<std::vector<float>>& rows,
                                             const std::vector<bool>& supported) {
  Judge judge;
  judge.trees = BoostedTrees::Train(rows, supported, {});
  judge.middle.assign(kSignals, 0);
  judge.spread.assign(kSignals, 0);
  const auto n = static_cast<float>(std::max<size_t>(rows.size(), 1));
  for (const auto& row : rows)
    for (size_t s = 0; s < kSignals; ++s) judge.middle[s] += row[s] / n;
  for (const auto& row : rows)
    for (size_t s = 0; s < kSignals; ++s) {
      const float d = row[s] - judge.middle[s];
      judge.spread[s] += d * d / n;
    }
  for (float& s : judge.spread) s = std::sqrt(s) + 1e-3f;
  std::vector<screen::LogisticRow> scaled;
  for (size_t i = 0; i < rows.size(); ++i) {
    screen::LogisticRow row;
    row.positive = supported[i];
    for (size_t s = 0; s < kSignals; ++s) {
      row.features.push_back(
          {static_cast<uint32_t>(s), (rows[i][s] - judge.middle[s]) / judge.spread[s]});
    }
    scaled.push_back(std::move(row));
  }
  std::vector<const screen::LogisticRow*> borrowed;
  for (const auto& row : scaled) borrowed.push_back(&row);
  const screen::LogisticWeights w =
      screen::TrainLogistic(borrowed, static_cast<uint32_t>(kSignals), kSupportCost);
  judge.weights = w.w;
  judge.bias = w.bias;
  return judge;
}

SupportModel SupportModel::Train(const std::vector<std::vector<float>>& rows,
                                 const std::vector<bool>& supported) {
  SupportModel model;
  model.judges_[1] = TrainJudge(rows, supported);
  std::vector<std::vector<float>> words = rows;
  for (auto& row : words)
    for (size_t s = 0; s < kSignals; ++s)
      if (SignalName(s).starts_with("near_")) row[s] = 0;
  model.judges_[0] = TrainJudge(words, supported);
  return model;
}

double SupportModel::Score(const Evidence& evidence) const {
  const Judge& judge = judges_[evidence.near_known ? 1 : 0];
  double linear = judge.bias;
  for (size_t s = 0; s < judge.weights.size(); ++s) {
    linear += static_cast<double>(judge.weights[s]) * (evidence.signals[s] - judge.middle[s]) /
              judge.spread[s];
  }
  return (2 * judge.trees.Score(evidence.signals) + linear) / 3;
}

int64_t SupportModel::Probability(const Evidence& evidence) const {
  const Judge& judge = judges_[evidence.near_known ? 1 : 0];
  return static_cast<int64_t>(judge.calibration(Score(evidence)) * 1e6 + 0.5);
}

std::string SupportModel::Save() const {
  understand::ByteWriter out;
  out.Put(kSupportMagic);
  for (const Judge& judge : judges_) {
    out.Put(judge.trees.base());
    std::vector<int16_t> signal;
    std::vector<float> threshold, value;
    for (const TreeNode& node : judge.trees.nodes()) {
      signal.push_back(node.signal);
      threshold.push_back(node.threshold);
      value.push_back(node.value);
    }
    out.PutArray(signal);
    out.PutArray(threshold);
    out.PutArray(value);
    out.PutArray(judge.weights);
    out.PutArray(judge.middle);
    out.PutArray(judge.spread);
    out.Put(judge.bias);
    out.Put(judge.calibration.a);
    out.Put(judge.calibration.b);
  }
  std::string bytes = out.Take();
  understand::ByteWriter sum;
  sum.Put(understand::Checksum(bytes));
  return bytes + sum.Take();
}

absl::StatusOr<SupportModel> SupportModel::Load(std::string_view bytes) {
  const absl::Status bad = absl::DataLossError(
      "the support weights are cut off or changed; train them again with scripts/train_support.cc");
  if (bytes.size() < 16) return bad;
  uint64_t sum;
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  bytes.remove_suffix(8);
  if (sum != understand::Checksum(bytes)) return bad;
  understand::ByteReader in(bytes);
  if (in.Get<uint64_t>() != kSupportMagic) return bad;
  SupportModel model;
  for (Judge& judge : model.judges_) {
    const float base = in.Get<float>();
    const auto signal = in.GetArray<int16_t>();
    const auto threshold = in.GetArray<float>(), value = in.GetArray<float>();
    if (threshold.size() != signal.size() || value.size() != signal.size() ||
        signal.size() % BoostedTrees::kNodes != 0) {
      return bad;
    }
    std::vector<TreeNode> nodes;
    for (size_t i = 0; i < signal.size(); ++i) {
      // A question needs both its answers within the tree, and a signal that exists.
      const bool inner = 2 * (i % BoostedTrees::kNodes) + 2 < BoostedTrees::kNodes;
      if (signal[i] >= static_cast<int>(kSignals) || (signal[i] >= 0 && !inner)) return bad;
      nodes.push_back({signal[i], threshold[i], value[i]});
    }
    judge.trees = BoostedTrees::From(base, std::move(nodes));
    judge.weights = in.GetArray<float>();
    judge.middle = in.GetArray<float>();
    judge.spread = in.GetArray<float>();
    judge.bias = in.Get<float>();
    judge.calibration.a = in.Get<double>();
    judge.calibration.b = in.Get<double>();
    if (judge.weights.size() != kSignals || judge.middle.size() != kSignals ||
        judge.spread.size() != kSignals) {
      return bad;
    }
  }
  if (!in.ok() || !in.at_end()) return bad;
  return model;
}

const SupportModel& SupportModel::Shipped() {
  static const SupportModel* const model = [] {
    absl::StatusOr<SupportModel> loaded = Load(std::string_view(
        frontdesk_support_weights,
        static_cast<size_t>(frontdesk_support_weights_end - frontdesk_support_weights)));
    return new SupportModel(*std::move(loaded));  // terminates when the file is not ours
  }();
  return *model;
}

}  // namespace frontdesk::dialog
