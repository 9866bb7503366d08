// The neighbour graphs of one state of the knowledge base: sixteen, by the first four bits of the
// passage hash, rows in hash order.
//
// Pure but for time; thread-safe. Internal to retrieval.
#pragma once

#include <memory>
#include <vector>

#include "retrieval/vectors/neighbour_graph.h"
#include "storage/digest.h"

namespace frontdesk::retrieval {

struct SnapshotParts;

inline constexpr size_t kGraphShards = 16;

struct GraphShard {
  storage::Digest rows{};  // over hashes and vectors: equal digests, equal graphs
  size_t begin = 0;        // its rows are by_hash[begin, begin + graph->size())
  std::shared_ptr<const NeighbourGraph> graph;
};

// The graphs of a state whose by_hash is filled and that has embeddings; those of `before` are
// used again where the rows are the same. Cost: a SHA-256 over the vectors, and about 0.3 ms a row
// of every shard that changed.
std::vector<GraphShard> BuildGraphs(const SnapshotParts& parts,
                                    const std::vector<GraphShard>& before);

}  // namespace frontdesk::retrieval
