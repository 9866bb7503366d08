// The numbers of ranking, one setting for all documents (docs/bm25.md, docs/fusion.md).
#pragma once

#include <cstddef>
#include <cstdint>

namespace frontdesk::retrieval {

// What each feature of a passage counts in its fused score (docs/fusion.md says what they are).
struct RankWeights {
  double whole = 0;       // cosine of question and passage
  double title = 0;       // of question and title with headings
  double sentence = 0;    // of question and best sentence
  double sure = 0;        // the larger of the two, from 0.5 on: max(0, 2 · cosine − 1)
  double words = 0;       // BM25, by its scale
  double coverage = 0;    // share of the question's word weight found
  double in_title = 0;    // the same in title and headings
  double exact = 0;       // share of title and headings that the question has
  double phrase = 0;      // neighbours that are neighbours
  double near = 0;        // neighbours within five words
};

// Those that `frontdesk eval retrieval --fit` found best.
RankWeights FittedWeights();

struct RankingOptions {
  RankWeights weights = FittedWeights();
  // Words count in full only where the best passage earns at least this share of what one
  // occurrence of every query word in an average passage would.
  double ideal_share = 1.5;
  // Candidates taken from each ranking before fusion.
  int candidates = 100;
  // Of the fused candidates, the best so many are read again for coverage and phrases.
  int reread = 40;
  // From this many passages on, neighbours are found in graphs and no longer by comparing every
  // vector. What is found is scored exactly either way.
  size_t graph_from = 100'000;
  // Weight of a function word of the query beside another word, 0..1.
  double stop_word_weight = 0.4;
  // Weight of a synonym beside the word itself, 0..1.
  double synonym_weight = 0.4;
};

}  // namespace frontdesk::retrieval
