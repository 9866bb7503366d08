// The business's documents, searchable while they change.
//
// Writers (Upsert, Delete) are serialised by the class; each builds what is new aside and then
// swaps one pointer, so a search never waits and never sees half a change. Parts are merged in the
// background, which changes no score. Passages whose text did not change keep their embeddings.
// Thread-safe.
//
//   KnowledgeBase base({.embed = embed, .embedding_fingerprint = "minilm-…"});
//   base.Upsert({{.id = "returns.md", .format = Document::kMarkdown, .bytes = bytes}});
//   base.snapshot()->Search("how do I return something");
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "retrieval/background_work.h"
#include "retrieval/document.h"
#include "retrieval/embed_fn.h"
#include "retrieval/knowledge_snapshot.h"
#include "retrieval/passage_options.h"
#include "retrieval/ranking/ranking_options.h"

namespace frontdesk::retrieval {

class KnowledgeFolder;  // retrieval/saved/knowledge_folder.h

struct KnowledgeOptions {
  EmbedFn embed;                      // empty: words only
  std::string embedding_fingerprint;  // names the encoder; a cache of another one is not used
  PassageOptions passages;
  RankingOptions ranking;
  // Groups of words that mean the same ("refund", "money back"); a query's word also finds the
  // others of its group at ranking.synonym_weight.
  std::vector<std::vector<std::string>> synonyms;
  // Called while embedding: texts done, texts to do. May be empty.
  std::function<void(size_t done, size_t total)> progress;
};

struct UpsertReport {
  size_t documents_changed = 0;
  size_t documents_unchanged = 0;  // same bytes and metadata
  size_t passages_added = 0;
  size_t passages_kept = 0;
  size_t passages_removed = 0;
  size_t passages_embedded = 0;  // the encoder ran for these
};

class KnowledgeBase {
 public:
  explicit KnowledgeBase(KnowledgeOptions options);
  ~KnowledgeBase();

  // Adds documents, or replaces those of the same id; all or none. Two documents with one id in
  // the call are an error.
  // Errors: INVALID_ARGUMENT naming the document (bad id, wrong encoding, not in its format, over
  // a cap of PassageOptions), or the EmbedFn's. Cost: parsing, embedding of new passages, and
  // indexing them.
  absl::StatusOr<UpsertReport> Upsert(std::span<const Document> documents);

  // Removes documents; their passages stop being found at once. Errors: NOT_FOUND naming the
  // first unknown id (then nothing is removed).
  absl::Status Delete(std::span<const std::string> ids);

  // The current state, never null. Cost: one atomic copy.
  std::shared_ptr<const KnowledgeSnapshot> snapshot() const;

  // Writes the current state to a folder (docs/index_format.md): parts that are new, then the
  // manifest in one rename, so a crash leaves the state before or the state after. Merging goes on
  // meanwhile. Errors: the file system's.
  absl::Status SaveTo(const std::string& folder) const;

  // Opens a saved state (index and embeddings are mapped, not read).
  // Errors: NOT_FOUND (nothing saved), DATA_LOSS (truncated, changed or not ours: rebuild from the
  // documents), FAILED_PRECONDITION (another encoder, passage options or format version).
  static absl::StatusOr<std::unique_ptr<KnowledgeBase>> LoadFrom(const std::string& folder,
                                                                 KnowledgeOptions options);

  // Returns when the merges that the changes so far ask for are done.
  void WaitForMerges() { merges_.WaitUntilIdle(); }

  const KnowledgeOptions& options() const { return options_; }

 private:
  void Publish(std::shared_ptr<const KnowledgeSnapshot> next);
  // Joins a few parts; false when there is nothing to join.
  bool MergeOnce();
  // After a change, with no lock held.
  void WakeMerges();

  const KnowledgeOptions options_;
  mutable std::mutex writer_;       // one Upsert or Delete at a time
  mutable std::mutex snapshot_mu_;  // guards current_ for the length of a copy
  std::shared_ptr<const KnowledgeSnapshot> current_;
  mutable std::mutex folder_mu_;
  mutable std::unique_ptr<KnowledgeFolder> folder_;  // guarded by folder_mu_: where it was saved last
  BackgroundWork merges_;                            // last, so that it ends first
};

}  // namespace frontdesk::retrieval
