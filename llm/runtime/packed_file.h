// Packed weights in a file beside the model, so that a start reads them instead of packing.
//
// The file holds the bytes of a WeightArena as Weights::Load lays them out, with a checksum for each
// mebibyte, under a line that names the layout, the model and the plan of matrices. It lies beside
// the model as MODEL.gguf.LAYOUT.packed (one layout serves all instruction sets; another layout has
// another name) and is written whole or not at all. Nothing in it is trusted before its checksum
// is. Format: docs/packed_weights.md.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "llm/runtime/worker_team.h"

namespace frontdesk::llm {

// Where the packed weights of a model file lie.
std::string PackedFilePath(const std::string& model_path);

// Writes weights over what is there, in one step: a reader sees the old file or the new one.
// plan: a fingerprint of the matrices' shapes and places. model_sha256: 64 hex digits.
// Errors: PERMISSION_DENIED, RESOURCE_EXHAUSTED; each names the path.
absl::Status WritePackedFile(const std::string& path, std::string_view model_sha256, uint64_t plan,
                             std::span<const uint8_t> weights);

// Reads weights into memory of the same size and returns the SHA-256 of the model they were
// packed from, which the caller compares. The team shares the reading; weights hold anything on errors.
// Errors: NOT_FOUND (no file); FAILED_PRECONDITION (other layout, plan or size); DATA_LOSS (cut
// or changed).
absl::StatusOr<std::string> ReadPackedFile(const std::string& path, uint64_t plan,
                                           std::span<uint8_t> weights, WorkerTeam& team);

}  // namespace frontdesk::llm
