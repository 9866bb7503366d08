// The terms of one query, looked up: postings in every part and the weight of a unit.
//
// Internal to the index; shared by the pruned search and its exhaustive twin.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "retrieval/index/index_snapshot.h"

namespace frontdesk::retrieval {

struct LookedUpTerm {
  std::string term;
  float weight = 0;  // a posting's score is int(weight · unit)
  uint32_t df = 0;
  std::vector<std::optional<Postings>> postings;  // by part
};

// Terms that occur, repeats added up, at most kMostTerms by rising df then text. The sum of all
// weights stays below 2^31, so that a document's score fits in an int32.
std::vector<LookedUpTerm> LookUp(const IndexSnapshot& index, std::span<const WeightedTerm> terms);

// What a posting adds to its document's score. One definition, so that every search agrees.
inline int32_t PostingScore(float weight, float unit) {
  return static_cast<int32_t>(weight * unit);
}

}  // namespace frontdesk::retrieval
