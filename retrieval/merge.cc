#include "retrieval/merge.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "retrieval/index/segment_builder.h"
#include "retrieval/index/term_counter.h"
#include "retrieval/knowledge_change.h"

namespace frontdesk::retrieval {

std::vector<size_t> PartsToJoin(const IndexSnapshot& index) {
  const std::vector<IndexPart>& parts = index.parts();
  for (size_t p = 0; p < parts.size(); ++p) {
    if (parts[p].LiveCount() * 3ull <= parts[p].segment->documents() * 2ull) return {p};
  }
  if (parts.size() <= kMostParts) return {};
  std::vector<size_t> order(parts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return parts[a].LiveCount() > parts[b].LiveCount();
  });
  order.erase(order.begin(), order.begin() + kMostParts / 2);
  std::sort(order.begin(), order.end());
  return order;
}

absl::StatusOr<std::pair<IndexPart, std::shared_ptr<const PassagePart>>> JoinParts(
    const std::vector<IndexPart>& index,
    const std::vector<std::shared_ptr<const PassagePart>>& passages) {
  absl::StatusOr<std::shared_ptr<const Segment>> segment = Segment::OpenOwned(MergeSegments(index));
  if (!segment.ok()) return segment.status();
  auto joined = std::make_shared<PassagePart>();
  for (size_t p = 0; p < passages.size(); ++p) {
    if (p == 0) joined->SetDimensions(passages[p]->dimensions);
    for (uint32_t d = 0; d < passages[p]->passages.size(); ++d) {
      if (index[p].IsLive(d)) joined->AddFrom(*passages[p], d);
    }
  }
  return std::pair(IndexPart{*segment, nullptr},
                   std::shared_ptr<const PassagePart>(std::move(joined)));
}

absl::StatusOr<Join> Join::Of(const SnapshotParts& then, std::vector<size_t> chosen) {
  Join out;
  std::vector<IndexPart> index;
  std::vector<std::shared_ptr<const PassagePart>> passages;
  for (const size_t p : chosen) {
    index.push_back(then.index->parts()[p]);
    passages.push_back(then.parts[p]);
    out.sources_.push_back({then.parts[p], index.back().live});
  }
  auto joined = JoinParts(index, passages);
  if (!joined.ok()) return joined.status();
  std::tie(out.index_, out.passages_) = *std::move(joined);
  return out;
}

std::unique_ptr<SnapshotParts> Join::Into(const SnapshotParts& now) const {
  LiveDocuments live = LiveDocuments::All(index_.segment->documents());
  TermCounter counter;
  uint32_t number = 0;
  for (const Source& source : sources_) {
    const auto at = std::find(now.parts.begin(), now.parts.end(), source.passages);
    const IndexPart* today =
        at == now.parts.end() ? nullptr : &now.index->parts()[static_cast<size_t>(at - now.parts.begin())];
    for (uint32_t d = 0; d < source.passages->passages.size(); ++d) {
      if (source.live != nullptr && !source.live->Contains(d)) continue;
      const uint32_t here = number++;
      // A part that is gone lost its last passage.
      if (today != nullptr && today->IsLive(d)) continue;
      std::vector<std::string> terms;
      for (const auto& [term, quarters] : counter.Count(FieldsOf(*source.passages->passages[d]))) {
        terms.push_back(counter.term(term));
      }
      live.Delete(here, terms);
    }
  }
  auto out = std::make_unique<SnapshotParts>();
  out->documents = now.documents;
  std::vector<IndexPart> index;
  for (size_t p = 0; p < now.parts.size(); ++p) {
    const bool joined = std::any_of(sources_.begin(), sources_.end(), [&](const Source& source) {
      return source.passages == now.parts[p];
    });
    if (joined) continue;
    index.push_back(now.index->parts()[p]);
    out->parts.push_back(now.parts[p]);
  }
  if (live.count > 0) {
    IndexPart part{index_.segment, nullptr};
    if (live.count < index_.segment->documents()) {
      part.live = std::make_shared<const LiveDocuments>(std::move(live));
    }
    index.push_back(std::move(part));
    out->parts.push_back(passages_);
  }
  out->index = IndexSnapshot::Make(std::move(index));
  return out;
}

}  // namespace frontdesk::retrieval
