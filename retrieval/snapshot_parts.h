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
#include "retrieval/vectors/graph_shards.h"
#include "retrieval/vectors/int8_vectors.h"

namespace frontdesk::retrieval {

// How close a question is to the parts of a passage: cosines, about.
struct FacetFit {
  float title = 0;     // title and headings
  float sentence = 0;  // the best sentence; 0 when the passage has none
};

// The passages of one index part, with their embeddings.
struct PassagePart {
  std::vector<std::shared_ptr<const Passage>> passages;
  Int8Vectors vectors{0};  // the embeddings in eight bits
  size_t dimensions = 0;   // 0: no embeddings
  Int8Vectors facets{0};   // those of FacetTexts, passage after passage
  std::vector<uint32_t> facet_begin = {0};  // [passages + 1] when there are embeddings

  // The embedding of a passage, of length one. Precondition: dimensions > 0.
  std::span<const float> embedding(size_t passage) const {
    const float* all = mapped_ != nullptr ? mapped_ : own_.data();
    return {all + passage * dimensions, dimensions};
  }

  // Before the first Add.
  void SetDimensions(size_t count);
  // facets: the embeddings of FacetTexts. Both are left out when dimensions is 0.
  void Add(std::shared_ptr<const Passage> passage, std::span<const float> embedding,
           std::span<const std::vector<float>> facets);
  // Adds passage `number` of another part of the same dimensions; under another identity of the
  // same text when `as` is given.
  void AddFrom(const PassagePart& other, size_t number,
               std::shared_ptr<const Passage> as = nullptr);
  // Precondition: dimensions > 0.
  FacetFit Fit(const Int8Query& query, size_t passage) const;
  // Takes embeddings [passages, count] that `owner` keeps in place, for the passages that are there.
  void Map(size_t count, const float* embeddings, std::shared_ptr<const void> owner);

 private:
  std::vector<float> own_;         // [passages, dimensions]
  const float* mapped_ = nullptr;  // the same, in a file
  std::shared_ptr<const void> owner_;
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
  // From ranking.graph_from passages on; empty: every vector is compared.
  std::vector<GraphShard> graphs;

  // Settings of the knowledge base.
  EmbedFn embed;
  RankingOptions ranking;
  std::shared_ptr<const SynonymGroups> synonyms;

  const Passage& at(PassagePlace place) const { return *parts[place.part]->passages[place.number]; }
  // Fills the derived members and the revision from documents, index and parts.
  void Derive();
};

}  // namespace frontdesk::retrieval
