// One calibrated score for "this source supports that claim".
//
// Boosted trees and a logistic regression over the signals of evidence.h, averaged and
// calibrated; one pair for evidence with embeddings, one for words alone. Immutable; thread-safe. docs/answering.md tells how the shipped weights came
// about and the figures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/answer/boosted_trees.h"
#include "dialog/answer/evidence.h"
#include "dialog/screen/logistic.h"

namespace frontdesk::dialog {

class SupportModel {
 public:
  // rows of signals with embeddings, and whether the source supports the claim.
  static SupportModel Train(const std::vector<std::vector<float>>& rows,
                            const std::vector<bool>& supported);

  // Log odds before calibration, for ranking.
  double Score(const Evidence& evidence) const;
  // Probability that the claim is supported, millionths.
  int64_t Probability(const Evidence& evidence) const;

  // near: which of the two pairs.
  void Calibrate(bool near, screen::Calibration calibration) {
    judges_[near ? 1 : 0].calibration = calibration;
  }

  std::string Save() const;
  // Errors: DATA_LOSS.
  static absl::StatusOr<SupportModel> Load(std::string_view bytes);

  // The weights in the program.
  static const SupportModel& Shipped();

 private:
  struct Judge {
    BoostedTrees trees;
    std::vector<float> weights, middle, spread;  // logistic regression over scaled signals
    float bias = 0;
    screen::Calibration calibration;
  };
  static Judge TrainJudge(const std::vector<std::vector<float>>& rows,
                          const std::vector<bool>& supported);

  Judge judges_[2];  // without and with embeddings
};

}  // namespace frontdesk::dialog
