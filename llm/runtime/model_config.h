// The shape of a decoder, read from the settings of its file.
//
// A plain value, checked as a whole: every number is in range and they fit each other.
// Source: docs/model_runtime.md, the table of families.

#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "llm/gguf/gguf_file.h"

namespace frontdesk::llm {

struct ModelConfig {
  std::string family;  // llama, qwen2, qwen3, gemma3
  std::string name;
  int layers = 0;
  int width = 0;     // of the residual stream
  int heads = 0;     // query heads
  int kv_heads = 0;  // divides heads
  int head_dim = 0;  // a multiple of 16
  int feed_forward = 0;
  int vocabulary = 0;
  int context = 0;  // tokens the model was trained for
  float rms_epsilon = 0;
  double rope_base = 0;
  double rope_scale = 1;             // positions are multiplied by it
  int rope_dims = 0;                 // of head_dim, even
  bool rope_pairs_adjacent = false;  // file order (0,1), (2,3), …; ours is (0,h), (1,h+1), …
  float query_scale = 0;             // 1 / sqrt(head_dim), folded into q
  bool gelu = false;                 // feed-forward activation; else SiLU
  float embedding_scale = 1;         // sqrt(width) for Gemma
  int window = 0;                    // sliding window of local layers; 0: none
  int window_every = 0;              // each window_every-th layer is global, the others local
  double local_rope_base = 0;        // of local layers

  // Whether a layer sees only `window` positions.
  bool IsLocal(int layer) const { return window > 0 && (layer + 1) % window_every != 0; }

  // Errors: INVALID_ARGUMENT naming the file and the setting; UNIMPLEMENTED for a
  // family or a RoPE scaling that we do not run.
  static absl::StatusOr<ModelConfig> FromGguf(const GgufFile& file);
};

}  // namespace frontdesk::llm
