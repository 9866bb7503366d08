// From blocks to passages: docs/passages.md.
//
// A passage stays inside one section (the blocks under one heading); it is closed when it has
// target_words, a block longer than max_words is cut between sentences, and what is cut repeats a
// few sentences of what stood before. Pure, thread-safe.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/documents/blocks.h"
#include "retrieval/passage.h"

namespace frontdesk::retrieval {

// Parses a document and cuts it. Passages come in reading order, their hashes are distinct (a
// passage that repeats an earlier one of the document is left out).
// Errors: INVALID_ARGUMENT naming the document (see ParseDocument, and a bad id).
absl::StatusOr<std::vector<Passage>> CutDocument(const Document& document,
                                                 const PassageOptions& options);

}  // namespace frontdesk::retrieval
