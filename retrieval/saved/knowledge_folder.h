// The knowledge base on disk: a folder of immutable part files and one manifest that names them.
//
// Saving writes only the parts that are new, then replaces the manifest in one rename, then
// removes parts that nothing names any more; so after a crash at any point the folder opens as the
// state before or the state after, never as a mixture. docs/index_format.md specifies the files.
// Thread-safe: saves are serialised. One process at a time owns a folder. Internal to retrieval.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "retrieval/knowledge_base.h"
#include "retrieval/snapshot_parts.h"

namespace frontdesk::retrieval {

class KnowledgeFolder {
 public:
  // path: created by the first Save when it is not there.
  explicit KnowledgeFolder(std::string path) : path_(std::move(path)) {}

  // Errors: the file system's, naming the file; then the folder holds the state before.
  // Cost: the new parts, and the manifest.
  absl::Status Save(const SnapshotParts& parts, const KnowledgeOptions& options);

  // Reads the state that the manifest names. Segments and embeddings are mapped, not read.
  // Errors: NOT_FOUND (no manifest), DATA_LOSS (a file truncated, changed, missing or not ours),
  // FAILED_PRECONDITION (another encoder, passage options or format version).
  absl::StatusOr<std::unique_ptr<SnapshotParts>> Load(const KnowledgeOptions& options);

  const std::string& path() const { return path_; }

 private:
  // Names of the part's file without folder; writes it when it is not there yet.
  absl::StatusOr<std::string> KeepPart(const Segment& segment,
                                       std::shared_ptr<const PassagePart> part);
  void RemoveUnnamed();

  const std::string path_;
  std::mutex mu_;
  // Parts that are on disk, by what they are in memory.
  std::map<std::shared_ptr<const PassagePart>, std::string> on_disk_;
};

}  // namespace frontdesk::retrieval
