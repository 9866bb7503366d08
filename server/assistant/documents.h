// The live documents: the store keeps them, the knowledge base searches them.
//
// Thread-safe; changes are serialised. Invariant: after a change returns, the
// store holds the documents under the revision that the knowledge base has.
//
//   auto documents = Documents::Open(store, base, cache_file);
//   documents->SeedFrom("demo/bundle/knowledge", "demo/bundle");
//   documents->Upsert({...});
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "retrieval/knowledge_base.h"
#include "server/assistant/assistant.h"
#include "server/assistant/models.h"
#include "storage/store.h"

namespace frontdesk::server {

// Files of a knowledge folder as documents: id = path below the folder. Files of other
// endings than retrieval knows are skipped. Errors: RESOURCE_EXHAUSTED (a file above 4 MiB).
absl::StatusOr<std::vector<retrieval::Document>> ReadKnowledgeFolder(
    const std::filesystem::path& folder);

// How documents are searched for a bundle: the encoder, and the bundle's synonyms.txt, whose faults
// the loading of the bundle has told (they give no synonyms here).
retrieval::KnowledgeOptions KnowledgeOptionsFor(const BundleFiles& files, const Models& models);

// A stored document as retrieval reads it.
retrieval::Document DocumentOf(const storage::DocumentRecord& record);

class Documents {
 public:
  // Opens the cached index, or builds it, and brings it to the store's documents.
  // A cache that is broken or of another encoder is rebuilt, with a warning.
  static absl::StatusOr<std::unique_ptr<Documents>> Open(storage::Store& store,
                                                         retrieval::KnowledgeOptions options,
                                                         std::string cache_file);

  // Brings in what changed in a bundle's knowledge folder since it was last seen:
  // new and changed files are upserted, files that are gone are deleted; documents
  // that came in otherwise are left alone.
  absl::Status SeedFrom(const std::filesystem::path& folder);

  absl::StatusOr<retrieval::UpsertReport> Upsert(const std::vector<retrieval::Document>& documents);
  absl::Status Delete(const std::vector<std::string>& ids);

  const retrieval::KnowledgeBase& base() const { return *base_; }

 private:
  Documents(storage::Store& store, std::unique_ptr<retrieval::KnowledgeBase> base,
            std::string cache_file);
  // Writes the change to the store under the base's new revision, and the cache.
  absl::Status Keep(storage::DocumentChange change);

  storage::Store& store_;
  const std::unique_ptr<retrieval::KnowledgeBase> base_;
  const std::string cache_file_;
  std::mutex writer_;
};

}  // namespace frontdesk::server
