// The numeric kernels, compiled once for each instruction set from body.inc.
//
// All sets give the same bits for the same inputs (docs/determinism.md); tests hold
// them against each other and against plain loops. Kernels are pure functions over
// the caller's memory, thread-safe, and assume CanonicalFloatScope.
//
//   const Kernels& k = BestKernels();
//   k.rms_norm(x, weight, 576, 1e-5f, out);

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "llm/kernels/panel_layout.h"

namespace frontdesk::llm {

enum class Isa : uint8_t { kPortable, kAvx2, kAvx512Vnni };

// Attention of the query heads that share one key-value head, for tokens of one
// sequence at consecutive positions.
struct AttentionCall {
  const float* q = nullptr;  // [tokens, q_stride]: `group` heads of head_dim, scaled
  size_t q_stride = 0;
  float* out = nullptr;  // as q
  size_t out_stride = 0;
  // pages[i] + head_offset: keys [head_dim, 16] of positions 16i.., then values
  // [16, head_dim], all f16.
  const uint16_t* const* pages = nullptr;
  size_t head_offset = 0;
  int head_dim = 0;  // a multiple of 16
  int group = 0;
  int tokens = 0;
  int first_position = 0;  // of the first token
  int window = 0;          // how many positions a token sees, itself included; 0: all
  float* scratch = nullptr;  // AttentionScratch(…) floats
};

// Floats of scratch that a call with this many tokens up to last_position needs.
constexpr size_t AttentionScratch(int tokens, int group, int head_dim, int last_position) {
  const size_t positions = (static_cast<size_t>(last_position) + 16) / 16 * 16;
  return static_cast<size_t>(tokens) * group * (positions + head_dim);
}

struct Kernels {
  std::string_view name;
  Isa isa;
  // Tokens that one pass over a panel can take, ascending; activations are laid out
  // in tiles of these sizes.
  std::span<const int> tile_sizes;

  // x[columns] → slot `slot` of a tile of `tile` tokens: int8 blocks of 32 with scales.
  // columns: a multiple of 32.
  void (*quantise)(const float* x, int columns, uint8_t* out, int tile, int slot);
  // The same for float forms: [column][tile] f32.
  void (*spread)(const float* x, int columns, float* out, int tile, int slot);

  // y[token · y_stride + row] for the 16 rows of a panel and `count` ≤ tile tokens. next: a
  // panel that is multiplied soon and is asked for meanwhile, or null.
  void (*panel)(PackedForm form, const PanelLayout& layout, const uint8_t* panel,
                const uint8_t* next, const uint8_t* x, int tile, int count, float* y,
                size_t y_stride);

  // out = x / sqrt(mean(x²) + eps) · weight; n a multiple of 16; mean over `divisor` numbers.
  void (*rms_norm)(const float* x, const float* weight, int n, int divisor, float eps, float* out);
  // a += b
  void (*add)(float* a, const float* b, int n);
  // out = silu(gate) · up; gelu: the tanh form. n a multiple of 16. out may be gate.
  void (*silu_gate)(const float* gate, const float* up, int n, float* out);
  void (*gelu_gate)(const float* gate, const float* up, int n, float* out);
  // Rotates pairs (x[i], x[i + half]) by the angles whose cosines and sines are given,
  // then multiplies all n values by scale.
  void (*rotate)(float* x, const float* cosines, const float* sines, int half, int n, float scale);
  // Writes a key and a value [head_dim] to position `slot` (0..15) of a page's head.
  void (*store_key)(const float* key, int head_dim, uint16_t* page, int slot);
  void (*store_value)(const float* value, int head_dim, uint16_t* page, int slot);
  void (*attention)(const AttentionCall& call);
  // out[i] = e^(x[i] - shift), for tests and the sampler; n a multiple of 16.
  void (*exp_shifted)(const float* x, float shift, int n, float* out);
};

// nullptr when this processor (or build) lacks the set.
const Kernels* KernelsFor(Isa isa);

// The fastest set of this processor.
const Kernels& BestKernels();

std::string_view IsaName(Isa isa);  // "portable", "avx2", "avx512-vnni"

}  // namespace frontdesk::llm
