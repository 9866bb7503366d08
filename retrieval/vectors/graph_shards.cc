#include "retrieval/vectors/graph_shards.h"

#include <algorithm>

#include "retrieval/snapshot_parts.h"

namespace frontdesk::retrieval {

std::vector<GraphShard> BuildGraphs(const SnapshotParts& parts,
                                    const std::vector<GraphShard>& before) {
  std::vector<GraphShard> out(kGraphShards);
  size_t at = 0;
  for (size_t shard = 0; shard < kGraphShards; ++shard) {
    out[shard].begin = at;
    std::vector<VectorRow> rows;
    storage::Sha256Stream stream;
    for (; at < parts.by_hash.size(); ++at) {
      const auto& [hash, place] = parts.by_hash[at];
      if (hash.bytes[0] >> 4 != shard) break;
      const Int8Vectors& vectors = parts.parts[place.part]->vectors;
      const std::span<const int8_t> row = vectors.row(place.number);
      const float scale = vectors.scale(place.number);
      stream.Update(storage::AsBytes(hash.bytes));
      stream.Update({reinterpret_cast<const char*>(&scale), sizeof(scale)});
      stream.Update({reinterpret_cast<const char*>(row.data()), row.size()});
      rows.push_back({&vectors, place.number});
    }
    out[shard].rows = stream.Finish();
    const bool same = shard < before.size() && before[shard].rows == out[shard].rows;
    out[shard].graph = same ? before[shard].graph : NeighbourGraph::Build(rows);
  }
  return out;
}

}  // namespace frontdesk::retrieval
