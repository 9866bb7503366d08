// Approximate nearest neighbours for many vectors: hierarchical navigable small worlds (hnswlib)
// over the eight-bit rows.
//
// A graph is a function of its rows alone: built on one thread in the order given, with a fixed
// seed, and distances are integer dot products times two scales, the same on every machine. The
// knowledge base keeps sixteen of them, by the first four bits of the passage hash, so that a
// change builds only those again whose passages it touched. Immutable after Build; thread-safe.
// Source: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search" (2016).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "retrieval/vectors/int8_vectors.h"

namespace frontdesk::retrieval {

// A row of a matrix of eight-bit vectors.
struct VectorRow {
  const Int8Vectors* vectors = nullptr;
  uint32_t row = 0;
};

class NeighbourGraph {
 public:
  // Cost: about 0.3 ms a row on one core. rows: of one dimension, any number.
  static std::shared_ptr<const NeighbourGraph> Build(const std::vector<VectorRow>& rows);
  ~NeighbourGraph();

  // Up to `count` rows near the query: their places in `rows` of Build, in no order that matters.
  // effort: how many candidates the walk keeps (at least count); more finds more.
  std::vector<uint32_t> Near(const Int8Query& query, size_t count, size_t effort) const;

  size_t size() const;

 private:
  struct Parts;
  explicit NeighbourGraph(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace frontdesk::retrieval
