#include "retrieval/snapshot_parts.h"

#include <algorithm>
#include <set>

#include "storage/digest.h"

namespace frontdesk::retrieval {

void PassagePart::SetDimensions(size_t count) {
  dimensions = count;
  vectors = Int8Vectors(count);
}

void PassagePart::Add(std::shared_ptr<const Passage> passage, std::span<const float> embedding) {
  passages.push_back(std::move(passage));
  if (dimensions == 0) return;
  own_.insert(own_.end(), embedding.begin(), embedding.end());
  vectors.Add(embedding);
}

void PassagePart::AddFrom(const PassagePart& other, size_t number) {
  passages.push_back(other.passages[number]);
  if (dimensions == 0) return;
  const std::span<const float> from = other.embedding(number);
  own_.insert(own_.end(), from.begin(), from.end());
  vectors.AddRow(other.vectors, number);
}

void PassagePart::Map(const float* embeddings, std::shared_ptr<const void> owner) {
  mapped_ = embeddings;
  owner_ = std::move(owner);
  vectors = Int8Vectors(dimensions);
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
