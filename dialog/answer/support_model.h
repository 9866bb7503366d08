// One calibrated score for "this source supports that claim".
//
// Two judges (signal_judge.h) over the signals of evidence.h: one for evidence with embeddings, one
// for words alone. Immutable; thread-safe. docs/answering.md tells how the shipped weights came about
// and the figures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/answer/evidence.h"
#include "dialog/answer/signal_judge.h"

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
    judges_[near ? 1 : 0].Calibrate(calibration);
  }

  std::string Save() const;
  // Errors: DATA_LOSS.
  static absl::StatusOr<SupportModel> Load(std::string_view bytes);

  // The weights in the program.
  static const SupportModel& Shipped();

 private:
  SignalJudge judges_[2];  // without and with embeddings
};

}  // namespace frontdesk::dialog
