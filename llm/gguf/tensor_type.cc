#include "llm/gguf/tensor_type.h"

#include <bit>
#include <cstring>

namespace frontdesk::llm {

std::optional<TensorType> TensorTypeFromNumber(uint32_t number) {
  switch (number) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 6:
    case 7:
    case 8:
    case 12:
    case 13:
    case 14:
    case 30:
      return static_cast<TensorType>(number);
    default:
      return std::nullopt;
  }
}

const BlockShape& ShapeOf(TensorType type) {
  static constexpr BlockShape kF32{"F32", 1, 4}, kF16{"F16", 1, 2}, kBF16{"BF16", 1, 2},
      kQ4_0{"Q4_0", 32, 18}, kQ4_1{"Q4_1", 32, 20}, kQ5_0{"Q5_0", 32, 22}, kQ5_1{"Q5_1", 32, 24},
      kQ8_0{"Q8_0", 32, 34}, kQ4_K{"Q4_K", 256, 144}, kQ5_K{"Q5_K", 256, 176},
      kQ6_K{"Q6_K", 256, 210};
  switch (type) {
    case TensorType::kF32:
      return kF32;
    case TensorType::kF16:
      return kF16;
    case TensorType::kBF16:
      return kBF16;
    case TensorType::kQ4_0:
      return kQ4_0;
    case TensorType::kQ4_1:
      return kQ4_1;
    case TensorType::kQ5_0:
      return kQ5_0;
    case TensorType::kQ5_1:
      return kQ5_1;
    case TensorType::kQ8_0:
      return kQ8_0;
    case TensorType::kQ4_K:
      return kQ4_K;
    case TensorType::kQ5_K:
      return kQ5_K;
    case TensorType::kQ6_K:
      return kQ6_K;
  }
  return kF32;
}

float HalfToFloat(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t exponent = (half >> 10) & 31;
  const uint32_t mantissa = half & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000 | (mantissa << 13));
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

float Bfloat16ToFloat(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

uint16_t FloatToHalf(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint16_t sign = static_cast<uint16_t>((bits >> 16) & 0x8000);
  const uint32_t magnitude = bits & 0x7FFFFFFF;
  if (magnitude > 0x7F800000) return sign | 0x7E00 | ((magnitude >> 13) & 0x1FF);  // NaN, quieted
  if (magnitude >= 0x477FF000) return sign | 0x7C00;  // 65520 and more round to infinity
  if (magnitude < 0x38800000) {
    // Subnormal half: adding 0.5 leaves round(value · 2^24) in the low mantissa bits.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return sign | static_cast<uint16_t>(std::bit_cast<uint32_t>(shifted) - 0x3F000000);
  }
  const uint32_t rounded = magnitude + 0xFFF + ((magnitude >> 13) & 1) - 0x38000000;
  return sign | static_cast<uint16_t>(rounded >> 13);
}

namespace {

float HalfAt(const uint8_t* p) {
  uint16_t half;
  std::memcpy(&half, p, 2);
  return HalfToFloat(half);
}

uint32_t WordAt(const uint8_t* p) {
  uint32_t word;
  std::memcpy(&word, p, 4);
  return word;
}

// Q4_0, Q4_1, Q5_0, Q5_1: 32 values; the low nibbles are values 0..15, the high 16..31.
void DequantiseNibbles(const uint8_t* block, bool five_bits, bool has_min, float* out) {
  const float d = HalfAt(block);
  const float m = has_min ? HalfAt(block + 2) : 0.0f;
  const uint8_t* p = block + (has_min ? 4 : 2);
  const uint32_t high = five_bits ? WordAt(p) : 0;
  if (five_bits) p += 4;
  const int bias = has_min ? 0 : (five_bits ? 16 : 8);
  for (int i = 0; i < 32; ++i) {
    int q = i < 16 ? p[i] & 15 : p[i - 16] >> 4;
    if (five_bits) q |= static_cast<int>((high >> i) & 1) << 4;
    out[i] = d * static_cast<float>(q - bias) + m;
  }
}

// The j-th 6-bit scale and minimum of a Q4_K or Q5_K super-block (12 packed bytes).
void ScaleAndMin(const uint8_t* packed, int j, int& scale, int& min) {
  if (j < 4) {
    scale = packed[j] & 63;
    min = packed[j + 4] & 63;
  } else {
    scale = (packed[j + 4] & 15) | ((packed[j - 4] >> 6) << 4);
    min = (packed[j + 4] >> 4) | ((packed[j] >> 6) << 4);
  }
}

void DequantiseK45(const uint8_t* block, bool five_bits, float* out) {
  const float d = HalfAt(block), dmin = HalfAt(block + 2);
  const uint8_t* high = block + 16;
  const uint8_t* low = block + (five_bits ? 48 : 16);
  for (int j = 0; j < 8; ++j) {
    int scale, min;
    ScaleAndMin(block + 4, j, scale, min);
    const float s = d * static_cast<float>(scale), m = dmin * static_cast<float>(min);
    for (int i = 0; i < 32; ++i) {
      const uint8_t byte = low[(j / 2) * 32 + i];
      int q = j % 2 == 0 ? byte & 15 : byte >> 4;
      if (five_bits) q |= ((high[i] >> j) & 1) << 4;
      out[j * 32 + i] = s * static_cast<float>(q) - m;
    }
  }
}

void DequantiseQ6K(const uint8_t* block, float* out) {
  const uint8_t* low = block;
  const uint8_t* high = block + 128;
  const int8_t* scales = reinterpret_cast<const int8_t*>(block + 192);
  const float d = HalfAt(block + 208);
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128, within = i % 128;  // each half: 64 low bytes, 32 high bytes
    const int quarter = within / 32, lane = within % 32;
    const uint8_t byte = low[half * 64 + (quarter % 2) * 32 + lane];
    const int nibble = quarter < 2 ? byte & 15 : byte >> 4;
    const int top = (high[half * 32 + lane] >> (2 * quarter)) & 3;
    const int q = (nibble | (top << 4)) - 32;
    out[i] = d * static_cast<float>(scales[i / 16]) * static_cast<float>(q);
  }
}

}  // namespace

void Dequantise(TensorType type, const uint8_t* blocks, std::span<float> out) {
  const BlockShape& shape = ShapeOf(type);
  for (size_t i = 0; i + shape.values <= out.size(); i += shape.values, blocks += shape.bytes) {
    float* to = out.data() + i;
    switch (type) {
      case TensorType::kF32:
        std::memcpy(to, blocks, 4);
        break;
      case TensorType::kF16:
        *to = HalfAt(blocks);
        break;
      case TensorType::kBF16: {
        uint16_t bits;
        std::memcpy(&bits, blocks, 2);
        *to = Bfloat16ToFloat(bits);
        break;
      }
      case TensorType::kQ4_0:
        DequantiseNibbles(blocks, false, false, to);
        break;
      case TensorType::kQ4_1:
        DequantiseNibbles(blocks, false, true, to);
        break;
      case TensorType::kQ5_0:
        DequantiseNibbles(blocks, true, false, to);
        break;
      case TensorType::kQ5_1:
        DequantiseNibbles(blocks, true, true, to);
        break;
      case TensorType::kQ8_0:
        for (int k = 0; k < 32; ++k) {
          to[k] = HalfAt(blocks) * static_cast<float>(static_cast<int8_t>(blocks[2 + k]));
        }
        break;
      case TensorType::kQ4_K:
        DequantiseK45(blocks, false, to);
        break;
      case TensorType::kQ5_K:
        DequantiseK45(blocks, true, to);
        break;
      case TensorType::kQ6_K:
        DequantiseQ6K(blocks, to);
        break;
    }
  }
}

}  // namespace frontdesk::llm
