// The numbers of ranking, one setting for all documents (docs/bm25.md, docs/fusion.md).
#pragma once

#include <cstddef>
#include <cstdint>

namespace frontdesk::retrieval {

struct RankingOptions {
  // Share of the embeddings in the fused score, 0..1.
  double dense_share = 0.65;
  // Words count in full only where the best passage earns at least this share of what one
  // occurrence of every query word in an average passage would.
  double ideal_share = 1.5;
  // Candidates taken from each ranking before fusion.
  int candidates = 100;
  // From this many passages on, neighbours are found in graphs and no longer by comparing every
  // vector. What is found is scored exactly either way.
  size_t graph_from = 100'000;
  // Weight of a function word of the query beside another word, 0..1.
  double stop_word_weight = 0.4;
  // Weight of a synonym beside the word itself, 0..1.
  double synonym_weight = 0.4;
};

}  // namespace frontdesk::retrieval
