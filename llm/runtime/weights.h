// All weights of a decoder, packed for the kernels.
//
// Immutable after Load, thread-safe. Load packs tensor by tensor and gives each one's
// file pages back, so that the model is in memory once; or it reads what was packed before.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/gguf/gguf_file.h"
#include "llm/kernels/packed_matrix.h"
#include "llm/runtime/model_config.h"
#include "llm/runtime/worker_team.h"

namespace frontdesk::llm {

// Vectors are padded with zeros to a multiple of 32; an empty one is absent.
struct LayerWeights {
  std::vector<float> attention_norm;   // [width]
  std::vector<float> feed_norm;        // [width]
  std::vector<float> attention_after;  // [width] Gemma: norm of what attention adds
  std::vector<float> feed_after;       // [width] Gemma: norm of what the feed-forward adds
  std::vector<float> query_norm;       // [head_dim] Qwen 3, Gemma 3
  std::vector<float> key_norm;         // [head_dim]
  std::vector<float> query_bias;       // [heads · head_dim] Qwen 2
  std::vector<float> key_bias;         // [kv_heads · head_dim]
  std::vector<float> value_bias;       // [kv_heads · head_dim]
  PackedMatrix query;                  // [heads · head_dim, width]
  PackedMatrix key;                    // [kv_heads · head_dim, width]
  PackedMatrix value;                  // [kv_heads · head_dim, width]
  PackedMatrix output;                 // [width, heads · head_dim]
  PackedMatrix gate;                   // [feed_forward, width]
  PackedMatrix up;                     // [feed_forward, width]
  PackedMatrix down;                   // [width, feed_forward]
};

struct Weights {
  explicit Weights(WeightArena arena) : arena(std::move(arena)) {}

  WeightArena arena;
  PackedMatrix embedding;            // [vocabulary, width]
  PackedMatrix head;                 // [vocabulary, width]; empty: the embedding serves
  std::vector<float> final_norm;     // [width]
  std::vector<float> rope_divisors;  // [rope_dims / 2] Llama 3; empty: all 1
  std::vector<LayerWeights> layers;

  const PackedMatrix& head_or_embedding() const { return head.empty() ? embedding : head; }
  // Bytes of weights that decoding one token reads: the memory bound of decode.
  size_t bytes_read_per_token() const;

  uint64_t plan = 0;           // what lies where in the arena (packed_file.h)
  std::string packed_from;     // SHA-256 of the model that a packed file named; empty: packed here
  absl::Status packed_status;  // why a packed file was not used

  // packed_file, unless empty: read instead of packing when it fits; the caller compares packed_from
  // with the model's digest.
  // Errors: INVALID_ARGUMENT (a tensor is missing or has another shape than the
  // settings say), DATA_LOSS (numbers that are not finite), RESOURCE_EXHAUSTED.
  static absl::StatusOr<std::unique_ptr<Weights>> Load(const GgufFile& file,
                                                       const ModelConfig& config, WorkerTeam& team,
                                                       const std::string& packed_file = "");
};

}  // namespace frontdesk::llm
