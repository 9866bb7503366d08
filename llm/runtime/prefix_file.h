// Cached prefixes in a file, so that the first answer after a restart is as quick as the rest.
//
// Only pages that everybody shares are written: the text of bundles, never a customer's words.
// The file names model, numerics and shape, and ends with a SHA-256 of all before; one that
// is cut, changed or of another model is refused whole. What is read has the same bits as what
// would be computed, so it never changes an output. Source: docs/model_runtime.md.

#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "llm/runtime/kv_cache.h"
#include "llm/runtime/prefix_cache.h"

namespace frontdesk::llm {

// Whose prefixes these are.
struct PrefixOwner {
  std::string model_sha256;
  std::string numerics_version;
};

// Writes the shared pages of the cache aside (mode 0600) and renames. Returns how many.
// Errors: PERMISSION_DENIED or RESOURCE_EXHAUSTED naming the path.
absl::StatusOr<int> WritePrefixFile(const std::string& path, const PrefixOwner& owner,
                                    const PrefixCache& cache, const KvPool& pool);

// Puts the file's pages into the cache, at most half of the pool. Returns how many.
// Errors: NOT_FOUND; DATA_LOSS (cut or changed); FAILED_PRECONDITION (of another model,
// numerics or shape). Then nothing is taken.
absl::StatusOr<int> ReadPrefixFile(const std::string& path, const PrefixOwner& owner,
                                   PrefixCache& cache, KvPool& pool);

}  // namespace frontdesk::llm
