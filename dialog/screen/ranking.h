// How well scores tell positives from negatives. Pure; thread-safe.
#pragma once

#include <span>
#include <vector>

namespace frontdesk::screen {

struct Scored {
  double score = 0;
  bool positive = false;
};

// Area under the ROC curve; ties count half. 0 when one side is empty.
double Auroc(std::span<const Scored> items);

// The lowest threshold that at most `share` of the negatives exceed; an item counts as
// found when its score is above it.
double ThresholdAtFalsePositives(std::span<const Scored> items, double share);

// Share of the positives (of the negatives) above the threshold; 0 without any.
double ShareAbove(std::span<const Scored> items, double threshold, bool positive);

struct BestF1 {
  double threshold = 0, f1 = 0;
};
// The threshold with the highest F1 for "positive when score > threshold".
BestF1 ChooseF1(std::span<const Scored> items);
double F1At(std::span<const Scored> items, double threshold);

}  // namespace frontdesk::screen
