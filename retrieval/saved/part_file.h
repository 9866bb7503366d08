// One immutable part of the knowledge base as bytes: passages, embeddings, index segment.
//
// docs/index_format.md specifies them. Internal to retrieval.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "retrieval/saved/durable_file.h"
#include "retrieval/snapshot_parts.h"

namespace frontdesk::retrieval {

// A part and its segment; document d of the segment is passage d.
struct SavedPart {
  std::shared_ptr<const Segment> segment;
  std::shared_ptr<const PassagePart> passages;
};

// The whole file, frame included. The same part gives the same bytes.
std::string PartFileBytes(const Segment& segment, const PassagePart& passages);

// Opens a part; the segment and the embeddings stay in the mapping.
// Errors: DATA_LOSS, FAILED_PRECONDITION (another format); both name the file.
absl::StatusOr<SavedPart> ReadPartFile(const std::string& path,
                                       std::shared_ptr<const MappedFile> file);

}  // namespace frontdesk::retrieval
