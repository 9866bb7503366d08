#include "retrieval/snapshot_parts.h"

#include <algorithm>
#include <array>
#include <set>

#include "storage/digest.h"

namespace frontdesk::retrieval {

void PassagePart::SetDimensions(size_t count) {
  dimensions = count;
  vectors = Int8Vectors(count);
  facets = Int8Vectors(count);
}

void PassagePart::Add(std::shared_ptr<const Passage> passage, std::span<const float> embedding,
                      std::span<const std::vector<float>> of_facets) {
  passages.push_back(std::move(passage));
  if (dimensions == 0) return;
  own_.insert(own_.end(), embedding.begin(), embedding.end());
  vectors.Add(embedding);
  for (const std::vector<float>& facet : of_facets) facets.Add(facet);
  facet_begin.push_back(static_cast<uint32_t>(facets.size()));
}

void PassagePart::AddFrom(const PassagePart& other, size_t number,
                          std::shared_ptr<const Passage> as) {
  passages.push_back(as != nullptr ? std::move(as) : other.passages[number]);
  if (dimensions == 0) return;
  const std::span<const float> from = other.embedding(number);
  own_.insert(own_.end(), from.begin(), from.end());
  vectors.AddRow(other.vectors, number);
  for (uint32_t f = other.facet_begin[number]; f < other.facet_begin[number + 1]; ++f) {
    facets.AddRow(other.facets, f);
  }
  facet_begin.push_back(static_cast<uint32_t>(facets.size()));
}

FacetFit PassagePart::Fit(const Int8Query& query, size_t passage) const {
  std::array<float, kMostFacets> dots;
  const uint32_t begin = facet_begin[passage];
  const size_t count = std::min<size_t>(facet_begin[passage + 1] - begin, dots.size());
  facets.Dots(query, begin, count, dots.data());
  FacetFit out;
  if (count > 0) out.title = dots[0];
  if (count > 1) out.sentence = *std::max_element(dots.begin() + 1, dots.begin() + count);
  return out;
}

void PassagePart::Map(size_t count, const float* embeddings, std::shared_ptr<const void> owner) {
  SetDimensions(count);
  mapped_ = embeddings;
  owner_ = std::move(owner);
  for (size_t i = 0; dimensions > 0 && i < passages.size(); ++i) vectors.Add(embedding(i));
}

void SnapshotParts::Derive() {
  by_hash.clear();
  by_document.clear();
  std::set<std::string> seen;
  has_embeddings = !parts.empty();
  for (uint32_t p = 0; p < parts.size(); ++p) {
    has_embeddings = has_embeddings && parts[p]->dimensions > 0;
    for (uint32_t d = 0; d < parts[p]->passages.size(); ++d) {
      if (!index->parts()[p].IsLive(d)) continue;
      const Passage& passage = *parts[p]->passages[d];
      by_hash.emplace_back(passage.hash, PassagePlace{p, d});
      by_document[passage.document_id].push_back({p, d});
      seen.insert(passage.language);
    }
  }
  std::sort(by_hash.begin(), by_hash.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  languages.assign(seen.begin(), seen.end());
  storage::Sha256Stream stream;
  for (const auto& [id, entry] : documents) {
    stream.Update(storage::AsBytes(storage::Sha256(id)));
    stream.Update(storage::AsBytes(entry.identity));
  }
  revision = storage::KnowledgeRevision(storage::ToHex(stream.Finish()));
}

}  // namespace frontdesk::retrieval
