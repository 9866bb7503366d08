#include "retrieval/ranking/fusion.h"

#include <algorithm>
#include <cmath>

namespace frontdesk::retrieval {

int64_t Quantise(double value) { return static_cast<int64_t>(std::floor(value * 1e6 + 0.5)); }

void ScaleWords(double ideal_share, double ideal, std::vector<Candidate>* candidates) {
  int32_t best = 1;
  for (const Candidate& candidate : *candidates) best = std::max(best, candidate.bm25);
  const double scale = std::max(static_cast<double>(best), ideal_share * ideal);
  for (Candidate& candidate : *candidates) {
    candidate.words = static_cast<float>(static_cast<double>(candidate.bm25) / scale);
  }
}

void Fuse(const RankWeights& weights, std::vector<Candidate>* candidates) {
  for (Candidate& c : *candidates) {
    double sum = weights.whole * static_cast<double>(c.cosine);
    sum += weights.title * static_cast<double>(c.title);
    sum += weights.sentence * static_cast<double>(c.sentence);
    const double facet = static_cast<double>(std::max(c.title, c.sentence));
    sum += weights.sure * std::max(0.0, 2 * facet - 1);
    sum += weights.words * static_cast<double>(c.words);
    sum += weights.coverage * static_cast<double>(c.text.coverage);
    sum += weights.in_title * static_cast<double>(c.text.title);
    sum += weights.exact * static_cast<double>(c.text.exact);
    sum += weights.phrase * static_cast<double>(c.text.phrase);
    sum += weights.near * static_cast<double>(c.text.near);
    c.score_q = Quantise(sum);
  }
}

void SortByScore(std::vector<Candidate>* candidates) {
  std::sort(candidates->begin(), candidates->end(), [](const Candidate& a, const Candidate& b) {
    return a.score_q != b.score_q ? a.score_q > b.score_q : a.key < b.key;
  });
}

}  // namespace frontdesk::retrieval
