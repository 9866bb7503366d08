// The passages that a hybrid search considers, with the features they are ranked by.
//
// Pure, thread-safe; the same for every history of a revision. Internal to retrieval.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "retrieval/index/index_snapshot.h"
#include "retrieval/ranking/fusion.h"
#include "retrieval/snapshot_parts.h"

namespace frontdesk::retrieval {

// The live passages nearest to the embedding: found by eight-bit products (of all, or of those that
// the graphs lead to), their cosines exact. `compared` grows by the vectors looked at.
std::vector<Candidate> NearestPassages(const SnapshotParts& parts, std::span<const float> embedding,
                                       size_t count, size_t* compared);

// Both candidate lists as one, each with bm25, words, cosine, title and sentence.
std::vector<Candidate> HybridCandidates(const SnapshotParts& parts,
                                        std::span<const WeightedTerm> terms,
                                        const std::vector<ScoredDocument>& by_words,
                                        std::vector<Candidate> by_meaning,
                                        std::span<const float> embedding);

// Reads the first `count` candidates again and sets `text`.
void ReadAgain(const SnapshotParts& parts, std::string_view query, size_t count,
               std::vector<Candidate>* candidates);

}  // namespace frontdesk::retrieval
