#include "server/quality/agreement.h"

#include <algorithm>
#include <numeric>

namespace frontdesk::server {
namespace {

// Squared distance of two values; for ordinal ones, of their ranks among all `counts`.
double AnswerDistance(const std::vector<double>& counts, size_t c, size_t k, Scale scale) {
  if (scale == Scale::kNominal) return c == k ? 0 : 1;
  const double between = std::accumulate(counts.begin() + static_cast<std::ptrdiff_t>(std::min(c, k)),
                                         counts.begin() + static_cast<std::ptrdiff_t>(std::max(c, k)) + 1, 0.0) -
                         (counts[c] + counts[k]) / 2;
  return between * between;
}

}  // namespace

std::optional<double> KrippendorffAlpha(std::span<const std::vector<int64_t>> units, int values,
                                        Scale scale) {
  const size_t v = static_cast<size_t>(values);
  std::vector<double> coincidences(v * v, 0), counts(v, 0);
  double all = 0;
  for (const std::vector<int64_t>& scores : units) {
    if (scores.size() < 2) continue;
    const double share = 1 / static_cast<double>(scores.size() - 1);
    for (size_t i = 0; i < scores.size(); ++i) {
      for (size_t j = 0; j < scores.size(); ++j) {
        if (i != j) coincidences[static_cast<size_t>(scores[i]) * v + static_cast<size_t>(scores[j])] += share;
      }
      ++counts[static_cast<size_t>(scores[i])];
      ++all;
    }
  }
  double observed = 0, expected = 0;
  for (size_t c = 0; c < v; ++c) {
    for (size_t k = c + 1; k < v; ++k) {
      const double distance = AnswerDistance(counts, c, k, scale);
      observed += coincidences[c * v + k] * distance;
      expected += counts[c] * counts[k] * distance;
    }
  }
  if (expected == 0) return std::nullopt;
  return 1 - (all - 1) * observed / expected;
}

}  // namespace frontdesk::server
