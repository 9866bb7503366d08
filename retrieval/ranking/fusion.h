// One score out of two: words and meaning (docs/fusion.md).
//
// fused = share · cosine + (1 − share) · bm25 / scale, in millionths, where scale is the query's
// best bm25, but at least a share of what one occurrence of each of its words would earn: when no
// passage has most of the words, the words have little to say. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "retrieval/ranking/ranking_options.h"

namespace frontdesk::retrieval {

struct Candidate {
  uint32_t part = 0;
  uint32_t number = 0;
  uint64_t key = 0;  // PassageId
  int32_t bm25 = 0;  // in 1 / kScoreScale
  float cosine = 0;
  int64_t score_q = 0;  // millionths, set by Fuse
};

// Millionths of a number, rounded half up.
int64_t Quantise(double value);

// Sets score_q and sorts, best first, equal scores by lower key. ideal: the sum of weight · idf
// over the query's words, in 1 / kScoreScale.
void Fuse(const RankingOptions& options, double ideal, std::vector<Candidate>* candidates);

}  // namespace frontdesk::retrieval
