// Joining parts of the knowledge base: which, and what comes out when the base changed meanwhile.
//
// Merging changes no score: statistics count live passages only. Pure, thread-safe. Internal to
// retrieval.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/snapshot_parts.h"

namespace frontdesk::retrieval {

inline constexpr size_t kMostParts = 8;       // more are joined
inline constexpr size_t kTooManyParts = 32;   // writers wait for the merges from here on

// The parts to join next, rising, or none: a part of which a third is deleted by itself; else,
// where there are more than kMostParts, the smaller half, so that each passage is moved only a few
// times in its life.
std::vector<size_t> PartsToJoin(const IndexSnapshot& index);

// A state with the parts `chosen` of `then` joined, as it is `now`: passages deleted since are
// deleted in the joined part too, parts added since are kept. Documents and settings are those of
// `now`. Precondition: `now` came from `then` by changes alone.
// Errors: INTERNAL (a segment of our own making does not open). Cost: coding the postings again.
class Join {
 public:
  static absl::StatusOr<Join> Of(const SnapshotParts& then, std::vector<size_t> chosen);
  std::unique_ptr<SnapshotParts> Into(const SnapshotParts& now) const;

 private:
  struct Source {
    std::shared_ptr<const PassagePart> passages;
    std::shared_ptr<const LiveDocuments> live;  // when the join was made
  };
  std::vector<Source> sources_;
  IndexPart index_;
  std::shared_ptr<const PassagePart> passages_;
};

// All live passages of parts in one part: the index merged, deleted passages gone.
absl::StatusOr<std::pair<IndexPart, std::shared_ptr<const PassagePart>>> JoinParts(
    const std::vector<IndexPart>& index,
    const std::vector<std::shared_ptr<const PassagePart>>& passages);

}  // namespace frontdesk::retrieval
