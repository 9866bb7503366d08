// One change of the knowledge base in the making: documents removed, passages added.
//
// Starts from a published state, which it leaves untouched, and ends in the parts of the next one.
// Belongs to one thread. Internal to retrieval.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/index/segment_builder.h"
#include "retrieval/index/term_counter.h"
#include "retrieval/knowledge_base.h"
#include "retrieval/snapshot_parts.h"

namespace frontdesk::retrieval {

class KnowledgeChange {
 public:
  // Both must outlive the change.
  KnowledgeChange(const SnapshotParts& before, const KnowledgeOptions& options);

  // Takes a document and its passages out; nothing when it is unknown.
  void Remove(const std::string& document_id);
  void SetEntry(DocumentEntry entry);

  // Embeds and indexes passages as one new part; a passage whose embedded text a removed one had
  // takes over its embedding. Counts into the report. Errors: the EmbedFn's.
  absl::Status Add(std::vector<Passage> passages, UpsertReport* report);

  // The parts of the next state; those without a live passage are left out.
  std::unique_ptr<SnapshotParts> Finish() &&;

 private:
  struct Part {
    IndexPart index;
    std::shared_ptr<const PassagePart> passages;
  };
  // A passage that is gone from the state before, whose embeddings a new one may take over.
  struct Known {
    std::shared_ptr<const PassagePart> part;
    uint32_t number = 0;
  };
  // The part of new passages, with embeddings where there is an encoder.
  absl::StatusOr<std::shared_ptr<const PassagePart>> Embed(
      const std::vector<std::shared_ptr<const Passage>>& passages, UpsertReport* report);

  const SnapshotParts& before_;
  const KnowledgeOptions& options_;
  std::vector<Part> parts_;
  std::map<size_t, std::unique_ptr<LiveDocuments>> live_;  // by part, copies that are changed
  std::map<std::string, DocumentEntry, std::less<>> documents_;
  std::map<storage::Digest, Known> removed_embeddings_;  // by embedded text
  std::set<PassageHash> removed_;
  TermCounter counter_;
};

// What is indexed of a passage. Valid as long as the passage is.
PassageFields FieldsOf(const Passage& passage);

// Completes parts with the settings of a base and makes the snapshot that follows `before` (may be
// null), whose graphs are used again where they are the same.
std::shared_ptr<const KnowledgeSnapshot> FinishSnapshot(std::unique_ptr<SnapshotParts> parts,
                                                        const KnowledgeOptions& options,
                                                        const KnowledgeSnapshot* before);

}  // namespace frontdesk::retrieval
