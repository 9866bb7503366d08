// The arithmetic of the encoder, once per instruction set, with identical bits.
//
// Why the bits agree: every output is computed by operations that IEEE 754 rounds
// in one way only (+ - × ÷ √ and fused multiply-add), in an order that no kernel
// may change:
//   matrix products  one chain of fma over k = 0, 1, 2, … per output (F32), or an
//                    exact int32 sum per block of 64 inputs, blocks joined by
//                    fma in order (int8)
//   sums over a row  16 virtual lanes, lane l taking elements l, l+16, …, joined
//                    as a tree: l + (l+8), then 4, 2, 1
//   exp, gelu        our own polynomials, element by element
// Only the number of elements handled at a time differs. docs/encoder.md has the
// details. All functions are pure and thread-safe; float rows need no alignment.
//
// Rows lie one after another, lengths that a kernel reads in vectors are multiples of 16.
#pragma once

#include <cstdint>

namespace frontdesk::llm::encoder {

inline constexpr int kLanes = 16;

// Outputs that lie together in a matrix and are computed together: a group. The last of a
// matrix may be narrower.
inline constexpr int kGroup = 64;
inline int Groups(int outputs) { return (outputs + kGroup - 1) / kGroup; }

// A matrix [outputs, inputs] in groups of outputs, ready for a kernel.
struct GroupsF32 {
  const float* weights;  // [groups][inputs][outputs of the group]
  const float* bias;     // [outputs]
  int outputs, inputs;   // multiples of 16
};

// The same in int8: output o is scale[o] * sum_k q[o][k] * x[k].
struct GroupsInt8 {
  const std::uint8_t* weights;  // [groups][inputs / 4][outputs of the group][4]: q, or q + 128
  const float* scale;           // [outputs]
  const float* bias;            // [outputs]
  int outputs, inputs;          // multiples of 16
};

// Rows are quantised in blocks of 64 inputs (the last may be shorter), each with its
// own scale: a few large elements of a row then spoil their block only.
inline constexpr int kInt8Block = 64;
inline int Int8Blocks(int inputs) { return (inputs + kInt8Block - 1) / kInt8Block; }
static_assert(kGroup == kInt8Block, "the outputs of a group are a block of the next product");

// x[r][k] is about scale[r][k / 64] * q[r][k], |q| ≤ 127.
struct QuantisedRows {
  std::int8_t* q;     // [rows, inputs]
  float* scale;       // [rows, blocks]
  std::int32_t* sum;  // [rows, blocks], of q
};

// Every kernel computes a part, so that threads can share a matrix or a text: a range [begin,
// end) of groups, blocks or heads.
struct Kernels {
  const char* name;
  bool weights_plus_128;  // int8 groups hold q + 128 as unsigned bytes

  // out [rows, outputs] = x [rows, inputs] · weightsᵀ + bias, for groups [begin, end)
  void (*multiply_f32)(const float* x, int rows, const GroupsF32& matrix, int begin, int end,
                       float* out);
  void (*multiply_int8)(const QuantisedRows& x, int rows, const GroupsInt8& matrix, int begin,
                        int end, float* out);
  // x [rows, inputs] → q, scale, sum, for blocks [begin, end)
  void (*quantise)(const float* x, int rows, int inputs, int begin, int end, QuantisedRows out);
  // x[r * stride + i] = gelu(…) for i in 0..count-1 (a multiple of 16), erf form
  void (*gelu)(float* x, int rows, int stride, int count);
  // x = layer_norm(x + delta) for each of rows rows of width elements
  void (*add_normalise)(float* x, const float* delta, int rows, int width, const float* gain,
                        const float* bias, float epsilon);
  // qkv [tokens, 3 * heads * head_width] (queries, keys, values side by side)
  // → context [tokens, heads * head_width], for heads [begin, end); scratch: AttentionScratch
  // floats.
  void (*attend)(const float* qkv, int tokens, int heads, int head_width, int begin, int end,
                 float* context, float* scratch);
  // out [width] = mean over tokens of x [tokens, width], scaled to length one
  void (*pool)(const float* x, int tokens, int width, float* out);
};

// Floats of scratch that attend needs: transposed keys, and scores of a few queries.
inline constexpr int kAttentionRows = 6;
inline int AttentionScratch(int tokens, int head_width) {
  const int padded = (tokens + kLanes - 1) / kLanes * kLanes;
  return padded * (head_width + kAttentionRows);
}

const Kernels& PortableKernels();
// Null when the program or this processor has no such instructions.
const Kernels* Avx2Kernels();
const Kernels* Avx512VnniKernels();

}  // namespace frontdesk::llm::encoder
