// What a KnowledgeSnapshot is made of. Internal to retrieval.
//
// Invariants: parts and index->parts() run in parallel, and passages[d] of a part is document d of
// the index part; by_hash holds the live passages, rising; a part without embeddings has no
// vectors. Everything is const once published.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "retrieval/embed_fn.h"
#include "retrieval/index/index_snapshot.h"
#include "retrieval/knowledge_snapshot.h"
#include "retrieval/ranking/query_words.h"
#include "retrieval/ranking/ranking_options.h"
#include "retrieval/vectors/int8_vectors.h"

namespace frontdesk::retrieval {

// The passages of one index part, with their embeddings.
struct PassagePart {
  std::vector<std::shared_ptr<const Passage>> passages;
  std::vector<float> embeddings;  // [passages, dimensions], or empty
  Int8Vectors vectors{0};         // the same in eight bits
  size_t dimensions = 0;          // 0: no embeddings

  std::span<const float> embedding(size_t passage) const {
    return std::span(embeddings).subspan(passage * dimensions, dimensions);
  }
  void Add(std::shared_ptr<const Passage> passage, std::span<const float> embedding);
};

struct PassagePlace {
  uint32_t part = 0;
  uint32_t number = 0;
};

struct SnapshotParts {
  storage::KnowledgeRevision revision;
  std::map<std::string, DocumentEntry, std::less<>> documents;
  std::shared_ptr<const IndexSnapshot> index;
  std::vector<std::shared_ptr<const PassagePart>> parts;

  // Derived by Derive().
  std::vector<std::pair<PassageHash, PassagePlace>> by_hash;
  std::map<std::string, std::vector<PassagePlace>, std::less<>> by_document;
  std::vector<std::string> languages;  // of live documents, sorted
  bool has_embeddings = false;

  // Settings of the knowledge base.
  EmbedFn embed;
  RankingOptions ranking;
  std::shared_ptr<const SynonymGroups> synonyms;

  const Passage& at(PassagePlace place) const { return *parts[place.part]->passages[place.number]; }
  // Fills the derived members and the revision from documents, index and parts.
  void Derive();
};

}  // namespace frontdesk::retrieval
