#include "dialog/screen/ranking.h"

#include <algorithm>
#include <cmath>

namespace frontdesk::screen {

double Auroc(std::span<const Scored> items) {
  std::vector<Scored> sorted(items.begin(), items.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Scored& a, const Scored& b) { return a.score < b.score; });
  double positives = 0, negatives = 0, wins = 0;
  for (size_t at = 0; at < sorted.size();) {
    double tied_positives = 0, tied_negatives = 0;
    const double score = sorted[at].score;
    for (; at < sorted.size() && sorted[at].score == score; ++at) {
      (sorted[at].positive ? tied_positives : tied_negatives) += 1;
    }
    wins += tied_positives * (negatives + 0.5 * tied_negatives);
    positives += tied_positives;
    negatives += tied_negatives;
  }
  return positives > 0 && negatives > 0 ? wins / (positives * negatives) : 0;
}

double ThresholdAtFalsePositives(std::span<const Scored> items, double share) {
  std::vector<double> negatives;
  for (const Scored& item : items)
    if (!item.positive) negatives.push_back(item.score);
  if (negatives.empty()) return 0;
  std::sort(negatives.rbegin(), negatives.rend());
  const auto allowed = static_cast<size_t>(std::floor(share * static_cast<double>(negatives.size())));
  return negatives[std::min(allowed, negatives.size() - 1)];
}

double ShareAbove(std::span<const Scored> items, double threshold, bool positive) {
  double all = 0, above = 0;
  for (const Scored& item : items) {
    if (item.positive != positive) continue;
    all += 1;
    above += item.score > threshold ? 1 : 0;
  }
  return all > 0 ? above / all : 0;
}

double F1At(std::span<const Scored> items, double threshold) {
  double right = 0, wrong = 0, missed = 0;
  for (const Scored& item : items) {
    const bool found = item.score > threshold;
    right += found && item.positive ? 1 : 0;
    wrong += found && !item.positive ? 1 : 0;
    missed += !found && item.positive ? 1 : 0;
  }
  return right > 0 ? 2 * right / (2 * right + wrong + missed) : 0;
}

BestF1 ChooseF1(std::span<const Scored> items) {
  std::vector<Scored> sorted(items.begin(), items.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Scored& a, const Scored& b) { return a.score > b.score; });
  double positives = 0, right = 0, found = 0;
  for (const Scored& item : sorted) positives += item.positive ? 1 : 0;
  BestF1 best;
  for (size_t at = 0; at < sorted.size(); ++at) {
    right += sorted[at].positive ? 1 : 0;
    found += 1;
    if (at + 1 < sorted.size() && sorted[at + 1].score == sorted[at].score) continue;
    const double f1 = 2 * right / (found + positives);
    // Between this score and the next: as far from both.
    const double below = at + 1 < sorted.size() ? sorted[at + 1].score : sorted[at].score - 1;
    if (f1 > best.f1) best = {(sorted[at].score + below) / 2, f1};
  }
  return best;
}

}  // namespace frontdesk::screen
