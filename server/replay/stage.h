// What recordings are replayed against: a bundle, its models and its documents.
//
// Immutable once made; thread-safe: recordings may be replayed on it in parallel.
//
//   auto stage = MakeStage(files, documents, models, cache);
//   dialog::ReplayReport report = (*stage)->Replay(recording, dialog::ReplayMode::kVerify);
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/replay/replay.h"
#include "retrieval/knowledge_base.h"
#include "server/assistant/assistant.h"
#include "server/assistant/models.h"
#include "server/replay/recording.h"

namespace frontdesk::server {

class ReplayStage {
 public:
  ReplayStage(std::shared_ptr<const Assistant> assistant,
              std::unique_ptr<retrieval::KnowledgeBase> knowledge, const Models& models);

  // decode: model outputs are decoded again where numerics and file are the recorded ones.
  dialog::ReplayReport Replay(const Recording& recording, dialog::ReplayMode mode,
                              bool decode) const;

  const Assistant& assistant() const { return *assistant_; }
  const retrieval::KnowledgeBase& knowledge() const { return *knowledge_; }

 private:
  const std::shared_ptr<const Assistant> assistant_;
  const std::unique_ptr<retrieval::KnowledgeBase> knowledge_;
  const std::shared_ptr<const retrieval::KnowledgeSnapshot> snapshot_;
  const Models& models_;
  std::map<std::string, std::string> documents_;  // id → hex SHA-256
};

// cache_folder: trained artefacts and indexes by content hash; empty: nothing is kept.
// Errors: those of the bundle, of training and of the documents.
absl::StatusOr<std::unique_ptr<ReplayStage>> MakeStage(
    const BundleFiles& files, const std::vector<retrieval::Document>& documents,
    const Models& models, const std::string& cache_folder);

}  // namespace frontdesk::server
