#include "retrieval/ranking/fusion.h"

#include <algorithm>
#include <cmath>

namespace frontdesk::retrieval {

int64_t Quantise(double value) { return static_cast<int64_t>(std::floor(value * 1e6 + 0.5)); }

void Fuse(const RankingOptions& options, double ideal, std::vector<Candidate>* candidates) {
  int32_t best = 1;
  for (const Candidate& candidate : *candidates) best = std::max(best, candidate.bm25);
  const double scale = std::max(static_cast<double>(best), options.ideal_share * ideal);
  for (Candidate& candidate : *candidates) {
    const double words = static_cast<double>(candidate.bm25) / scale;
    candidate.score_q = Quantise(options.dense_share * static_cast<double>(candidate.cosine) +
                                 (1 - options.dense_share) * words);
  }
  std::sort(candidates->begin(), candidates->end(), [](const Candidate& a, const Candidate& b) {
    return a.score_q != b.score_q ? a.score_q > b.score_q : a.key < b.key;
  });
}

}  // namespace frontdesk::retrieval
