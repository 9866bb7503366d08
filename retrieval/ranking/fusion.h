// One score out of many features: words, meaning, and how both stand in the passage
// (docs/fusion.md).
//
// The score is a weighted sum in millionths. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "retrieval/ranking/ranking_options.h"
#include "retrieval/ranking/text_fit.h"

namespace frontdesk::retrieval {

struct Candidate {
  uint32_t part = 0;
  uint32_t number = 0;
  uint64_t key = 0;    // PassageId
  int32_t bm25 = 0;    // in 1 / kScoreScale
  float words = 0;     // bm25 by the query's scale, 0..1, set by ScaleWords
  float cosine = 0;    // with the whole passage
  float title = 0;     // with title and headings
  float sentence = 0;  // with the best sentence
  TextFit text;        // of those that were read again
  int64_t score_q = 0;  // millionths, set by Fuse
};

// Millionths of a number, rounded half up.
int64_t Quantise(double value);

// Sets `words`: bm25 divided by the query's best, but at least by ideal_share of `ideal` (the sum
// of weight · idf over the query's words, in 1 / kScoreScale). When no passage has most of the
// words, the words have little to say.
void ScaleWords(double ideal_share, double ideal, std::vector<Candidate>* candidates);

// Sets score_q from the features.
void Fuse(const RankWeights& weights, std::vector<Candidate>* candidates);

// Sorts, best first, equal scores by lower key.
void SortByScore(std::vector<Candidate>* candidates);

}  // namespace frontdesk::retrieval
