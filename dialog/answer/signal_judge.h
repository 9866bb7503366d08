// A calibrated yes-or-no judgement over a few dense signals.
//
// Boosted trees (weight two) and a logistic regression over scaled signals (weight one), averaged
// and calibrated by Platt's method. Deterministic to train. Immutable but for Calibrate; thread-safe.
//
//   SignalJudge judge = SignalJudge::Train(rows, positive);
//   judge.Calibrate(screen::FitCalibration(scores_out_of_fold, positive));
//   judge.Probability(row);   // millionths
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dialog/answer/boosted_trees.h"
#include "dialog/screen/logistic.h"
#include "dialog/understand/bytes.h"

namespace frontdesk::dialog {

class SignalJudge {
 public:
  struct Options {
    BoostedTrees::Options trees;
    float cost = 1;  // of the logistic regression's errors
  };

  // rows: not empty, as many signals each.
  static SignalJudge Train(const std::vector<std::vector<float>>& rows,
                           const std::vector<bool>& positive, const Options& options);

  // Log odds before calibration, for ranking.
  double Score(std::span<const float> signals) const;
  int64_t Probability(std::span<const float> signals) const;  // millionths

  void Calibrate(screen::Calibration calibration) { calibration_ = calibration; }

  void Put(understand::ByteWriter& out) const;
  // nullopt: not what Put wrote for a judge of so many signals.
  static std::optional<SignalJudge> Get(understand::ByteReader& in, size_t signals);

 private:
  BoostedTrees trees_;
  std::vector<float> weights_, middle_, spread_;
  float bias_ = 0;
  screen::Calibration calibration_;
};

// Scores of rows by judges that were trained without the rows of the same fold. fold: by row.
std::vector<double> ScoreOutOfFold(const std::vector<std::vector<float>>& rows,
                                   const std::vector<bool>& positive, const std::vector<int>& fold,
                                   int folds, const SignalJudge::Options& options);

}  // namespace frontdesk::dialog
