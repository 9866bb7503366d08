// What recordings are replayed against: a bundle, its models and its documents.
//
// A stage is immutable once made, and thread-safe: recordings may be replayed on it in
// parallel. StageShelf makes stages and keeps what they share: versions that were loaded,
// documents that were indexed.
//
//   StageShelf shelf(models, cache);
//   auto stage = shelf.ForRecording(recording);          // its own version and documents
//   dialog::ReplayReport report = (*stage)->Replay(recording, {});
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/replay/replay.h"
#include "retrieval/knowledge_base.h"
#include "server/assistant/assistant.h"
#include "server/assistant/models.h"
#include "server/replay/recording.h"

namespace frontdesk::server {

struct StageRun {
  dialog::ReplayMode mode = dialog::ReplayMode::kVerify;
  bool decode = true;                // model outputs may be decoded again
  std::function<bool()> may_decode;  // asked before each; empty: always
  std::set<int64_t> only_turns;
  int64_t least_support = 0;
};

using KnowledgeByRevision =
    std::map<std::string, std::shared_ptr<const retrieval::KnowledgeBase>, std::less<>>;

class ReplayStage {
 public:
  // knowledge: searched where no recorded revision is (verify) or always (compare).
  // revisions: documents of recorded revisions, for verify; may be empty.
  ReplayStage(std::shared_ptr<const Assistant> assistant,
              std::shared_ptr<const retrieval::KnowledgeBase> knowledge,
              KnowledgeByRevision revisions, const Models& models);

  dialog::ReplayReport Replay(const Recording& recording, const StageRun& run) const;

  const Assistant& assistant() const { return *assistant_; }
  const retrieval::KnowledgeBase& knowledge() const { return *knowledge_; }

 private:
  const std::shared_ptr<const Assistant> assistant_;
  const std::shared_ptr<const retrieval::KnowledgeBase> knowledge_;
  const KnowledgeByRevision revisions_;
  const Models& models_;
};

class StageShelf {
 public:
  // cache_folder: trained artefacts and indexes by content hash; empty: nothing is kept.
  StageShelf(const Models& models, std::string cache_folder)
      : models_(models), cache_folder_(std::move(cache_folder)) {}

  // A bundle's folder with its knowledge/ as documents.
  // Errors: those of the bundle, of training and of the documents.
  absl::StatusOr<std::shared_ptr<const ReplayStage>> ForFolder(const std::string& bundle);
  // The version that a recording began with and every revision it used, from its content.
  // Errors: NOT_FOUND (the recording came without content, or a file of it is gone).
  absl::StatusOr<std::shared_ptr<const ReplayStage>> ForRecording(const Recording& recording);
  absl::StatusOr<std::shared_ptr<const ReplayStage>> ForFiles(
      const BundleFiles& files, const std::vector<retrieval::Document>& documents);

 private:
  absl::StatusOr<std::shared_ptr<const Assistant>> AssistantOf(const BundleFiles& files);
  // files: of the bundle, whose synonyms the search takes.
  absl::StatusOr<std::shared_ptr<const retrieval::KnowledgeBase>> KnowledgeOf(
      const BundleFiles& files, const std::vector<retrieval::Document>& documents);

  const Models& models_;
  const std::string cache_folder_;
  std::mutex mutex_;
  std::string last_index_;  // cache file to start the next index from
  std::map<std::string, std::shared_ptr<const Assistant>> assistants_;
  std::map<std::string, std::shared_ptr<const retrieval::KnowledgeBase>> knowledge_;
  std::map<std::string, std::shared_ptr<const ReplayStage>> stages_;
};

// Files of a recorded version, and documents of a revision, with bytes.
// Errors: NOT_FOUND (not kept).
absl::StatusOr<BundleFiles> FilesOf(const Recording& recording);
absl::StatusOr<std::vector<retrieval::Document>> DocumentsOf(const Recording& recording,
                                                             const std::string& revision);

}  // namespace frontdesk::server
