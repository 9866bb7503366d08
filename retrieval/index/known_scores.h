// A score that at least k documents reach, known before a search begins.
//
// Internal to the index. A search that knows it skips from its first window on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "retrieval/index/query_terms.h"

namespace frontdesk::retrieval {

// Scores some live documents of the part exactly, those of the best postings of the heaviest
// terms, and returns the k-th best score; 1 when it would not pay (small parts, many wanted).
// Deterministic. Cost: about 20 µs for k = 10.
int32_t ScoreReachedBy(int k, const IndexSnapshot& index, size_t part,
                       std::span<const LookedUpTerm> terms);

}  // namespace frontdesk::retrieval
