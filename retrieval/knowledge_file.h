// The knowledge base in one file: docs/index_format.md. Internal to retrieval.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "retrieval/knowledge_base.h"
#include "retrieval/snapshot_parts.h"

namespace frontdesk::retrieval {

// Writes a state, its parts joined into one; old file or new file, never half of one.
absl::Status WriteKnowledgeFile(const SnapshotParts& parts, const KnowledgeOptions& options,
                                const std::string& path);

// Errors: those of KnowledgeBase::LoadFrom.
absl::StatusOr<std::unique_ptr<SnapshotParts>> ReadKnowledgeFile(const std::string& path,
                                                                 const KnowledgeOptions& options);

}  // namespace frontdesk::retrieval
