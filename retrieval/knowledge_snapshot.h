// One state of the knowledge base, to search in.
//
// Immutable and thread-safe; shared by the turns that began with it and kept alive by them, so
// that a document deleted meanwhile still resolves. Everything it returns is the same in every
// rebuild of the same revision: scores are quantised, ties go to the lower PassageId.
//
//   std::shared_ptr<const KnowledgeSnapshot> snapshot = base.snapshot();
//   auto hits = snapshot->Search("how long is the warranty", {.k = 5});
//   if (hits.ok() && !hits->empty()) Show(*hits->front().passage);
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/passage.h"
#include "storage/ids.h"

namespace frontdesk::retrieval {

struct SnapshotParts;  // retrieval/snapshot_parts.h

enum class SearchMode { kHybrid, kBm25, kDense };

struct SearchStats {
  bool degraded = false;  // hybrid was asked for but ranked by words alone: no embedding
  size_t words = 0;       // distinct terms of the query
  size_t scanned = 0;     // vectors compared
};

struct SearchOptions {
  int k = 10;  // 1..1000
  SearchMode mode = SearchMode::kHybrid;
  // Of the query; empty: the languages of the documents.
  std::string_view language = {};
  // The query's embedding where the caller has it already; empty: the EmbedFn is called.
  std::span<const float> query_embedding = {};
  SearchStats* stats = nullptr;
};

struct Hit {
  PassageId id;
  const Passage* passage = nullptr;  // lives as long as the snapshot
  int64_t score_q = 0;               // what ranks: the mode's score in millionths
  double bm25 = 0;                   // raw; 0 when no word is shared
  double cosine = 0;                 // -1..1; 0 when there are no embeddings
};

// A document as a revision's manifest names it.
struct DocumentEntry {
  std::string id;
  std::string title;
  std::string url;
  std::string format;  // FormatName
  std::string language;
  storage::Digest content{};   // SHA-256 of the bytes
  storage::Digest identity{};  // SHA-256 of everything that was uploaded: bytes and metadata
  uint32_t passages = 0;
};

class KnowledgeSnapshot {
 public:
  explicit KnowledgeSnapshot(std::unique_ptr<const SnapshotParts> parts);
  ~KnowledgeSnapshot();
  KnowledgeSnapshot(const KnowledgeSnapshot&) = delete;
  KnowledgeSnapshot& operator=(const KnowledgeSnapshot&) = delete;

  // SHA-256 of the manifest: the same documents give the same revision.
  const storage::KnowledgeRevision& revision() const;
  size_t passage_count() const;
  bool has_embeddings() const;

  // Passages for a query, best first, at most k; none for a query without a word (or, in dense
  // mode, without text). Bytes that are not UTF-8 are read as U+FFFD; only the first 4,096 bytes
  // are embedded and the 256 rarest terms looked up. Hybrid mode falls back to words where the
  // query cannot be embedded and says so in stats and log.
  // Errors: INVALID_ARGUMENT (k out of range, embedding of another size), FAILED_PRECONDITION
  // (dense without embeddings), or the EmbedFn's in dense mode.
  // Cost: embedding the query, postings visited (pruned), one pass over the vectors.
  absl::StatusOr<std::vector<Hit>> Search(std::string_view query,
                                          const SearchOptions& options = {}) const;

  // The passage with this hash, or null. Cost: O(log passages).
  const Passage* FindPassage(const PassageHash& hash) const;

  // Live documents by id.
  const std::map<std::string, DocumentEntry, std::less<>>& Documents() const;

  // Every live passage, by document id and position.
  std::vector<const Passage*> Passages() const;

  // Number of live passages that hold a term of the analysed query word; 0 for unknown words.
  uint32_t DocumentFrequency(std::string_view term) const;

  const SnapshotParts& parts() const { return *parts_; }

 private:
  std::unique_ptr<const SnapshotParts> parts_;
};

}  // namespace frontdesk::retrieval
