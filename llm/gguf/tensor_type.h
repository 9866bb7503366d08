// The number formats a GGUF tensor may have, and their block shapes.
// Source: docs/gguf.md. Pure functions, thread-safe.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace frontdesk::llm {

// Values are the file format's own numbers.
enum class TensorType : uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kBF16 = 30,
};

// A row of a tensor is whole blocks of `values` numbers in `bytes` bytes.
struct BlockShape {
  std::string_view name;  // "Q4_1"
  uint32_t values;
  uint32_t bytes;
};

// The type behind a number of the file; nullopt for one we do not read.
std::optional<TensorType> TensorTypeFromNumber(uint32_t number);

const BlockShape& ShapeOf(TensorType type);

// Decodes whole blocks: out.size() = blocks · ShapeOf(type).values. The plain twin of
// every packed kernel. Exact: each value is the format's own scale·q + offset in f32.
void Dequantise(TensorType type, const uint8_t* blocks, std::span<float> out);

// f16 and bf16 bits to f32: exact.
float HalfToFloat(uint16_t half);
float Bfloat16ToFloat(uint16_t bits);
// f32 to f16, round to nearest even, overflow to infinity.
uint16_t FloatToHalf(float value);

}  // namespace frontdesk::llm
