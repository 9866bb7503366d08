#include "llm/kernels/packed_matrix.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace frontdesk::llm {
namespace {

uint16_t HalfBits(const uint8_t* p) {
  uint16_t bits;
  std::memcpy(&bits, p, 2);
  return bits;
}

uint32_t Word(const uint8_t* p) {
  uint32_t word;
  std::memcpy(&word, p, 4);
  return word;
}

// Packs one row into its lane of a panel. Every source block is read once, in order.
class RowPacker {
 public:
  RowPacker(const PanelLayout& layout, uint8_t* panel, int lane)
      : l_(layout), panel_(panel), lane_(lane) {}

  bool finite() const { return finite_; }

  // Sixteen bytes of nibbles: byte i holds value i low and value i+16 high.
  void Nibbles(uint32_t block, const uint8_t* bytes) {
    for (int j = 0; j < 4; ++j) {
      std::memcpy(panel_ + block * l_.quant_bytes + j * 64 + lane_ * 4, bytes + 4 * j, 4);
    }
  }
  // 32 fifth bits, value i in bit i.
  void FifthBits(uint32_t block, uint32_t bits) {
    for (int g = 0; g < 8; ++g) {
      const uint8_t four = (bits >> (4 * g)) & 15;
      panel_[l_.bits + block * 64 + g * 8 + lane_ / 2] |= lane_ % 2 == 0 ? four : four << 4;
    }
  }
  void Bytes(uint32_t block, const uint8_t* values) {
    for (int g = 0; g < 8; ++g) {
      const uint32_t word = Word(values + 4 * g) ^ 0x80808080u;
      std::memcpy(panel_ + block * l_.quant_bytes + g * 64 + lane_ * 4, &word, 4);
    }
  }
  void Scale(uint32_t set, uint16_t half) { PutHalf(l_.scales + set * 32, half); }
  void Min(uint32_t set, uint16_t half) { PutHalf(l_.mins + set * 32, half); }
  void SubScale(uint32_t block, uint8_t scale) {
    panel_[l_.sub_scales + block * 16 + lane_] = scale;
  }
  void SubMin(uint32_t block, uint8_t min) { panel_[l_.sub_mins + block * 16 + lane_] = min; }
  // Q6_K: two signed scales a block, 32 values of six bits.
  void SixBits(uint32_t block, const uint8_t values[32], uint8_t first_scale,
               uint8_t second_scale) {
    panel_[l_.sub_scales + block * 32 + lane_] = first_scale;
    panel_[l_.sub_scales + block * 32 + 16 + lane_] = second_scale;
    for (int i = 0; i < 16; ++i) {
      panel_[block * l_.quant_bytes + (i / 4) * 64 + lane_ * 4 + i % 4] =
          static_cast<uint8_t>((values[i] & 15) | (values[i + 16] & 15) << 4);
    }
    for (int i = 0; i < 32; ++i) {
      const int half = i / 16, group = (i % 16) / 4;
      panel_[l_.bits + block * 128 + half * 64 + lane_ * 4 + i % 4] |=
          static_cast<uint8_t>((values[i] >> 4) << (2 * group));
    }
  }
  void Float(uint32_t column, const uint8_t* value, uint32_t bytes, uint32_t exponent_mask) {
    uint32_t bits = 0;
    std::memcpy(&bits, value, bytes);
    if ((bits & exponent_mask) == exponent_mask) finite_ = false;
    std::memcpy(panel_ + column * l_.quant_bytes + lane_ * bytes, value, bytes);
  }

 private:
  void PutHalf(uint32_t at, uint16_t half) {
    if ((half & 0x7C00) == 0x7C00) finite_ = false;
    std::memcpy(panel_ + at + lane_ * 2, &half, 2);
  }

  const PanelLayout& l_;
  uint8_t* panel_;
  int lane_;
  bool finite_ = true;
};

void PackSmallBlocks(TensorType type, const uint8_t* row, uint32_t blocks, RowPacker& out) {
  const uint32_t size = ShapeOf(type).bytes;
  for (uint32_t b = 0; b < blocks; ++b, row += size) {
    out.Scale(b, HalfBits(row));
    switch (type) {
      case TensorType::kQ4_0:
        out.Nibbles(b, row + 2);
        break;
      case TensorType::kQ4_1:
        out.Min(b, HalfBits(row + 2));
        out.Nibbles(b, row + 4);
        break;
      case TensorType::kQ5_0:
        out.FifthBits(b, Word(row + 2));
        out.Nibbles(b, row + 6);
        break;
      case TensorType::kQ5_1:
        out.Min(b, HalfBits(row + 2));
        out.FifthBits(b, Word(row + 4));
        out.Nibbles(b, row + 8);
        break;
      default:  // kQ8_0
        out.Bytes(b, row + 2);
        break;
    }
  }
}

// Q4_K and Q5_K: eight blocks of 32; a pair of blocks shares the bytes of its nibbles.
void PackK45(bool five_bits, const uint8_t* row, uint32_t supers, RowPacker& out) {
  for (uint32_t s = 0; s < supers; ++s, row += five_bits ? 176 : 144) {
    out.Scale(s, HalfBits(row));
    out.Min(s, HalfBits(row + 2) ^ 0x8000);  // the kernels add it
    const uint8_t* packed = row + 4;
    const uint8_t* high = row + 16;
    const uint8_t* low = row + (five_bits ? 48 : 16);
    for (uint32_t j = 0; j < 8; ++j) {
      const uint32_t block = s * 8 + j;
      const uint8_t scale =
          j < 4 ? packed[j] & 63 : (packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4;
      const uint8_t min = j < 4 ? packed[j + 4] & 63 : (packed[j + 4] >> 4) | (packed[j] >> 6) << 4;
      out.SubScale(block, scale);
      out.SubMin(block, min);
      uint8_t nibbles[16];
      uint32_t bits = 0;
      for (int i = 0; i < 32; ++i) {
        const uint8_t byte = low[(j / 2) * 32 + i];
        const uint8_t value = j % 2 == 0 ? byte & 15 : byte >> 4;
        nibbles[i % 16] = static_cast<uint8_t>(i < 16 ? value : nibbles[i % 16] | value << 4);
        if (five_bits) bits |= static_cast<uint32_t>((high[i] >> j) & 1) << i;
      }
      out.Nibbles(block, nibbles);
      if (five_bits) out.FifthBits(block, bits);
    }
  }
}

void PackK6(const uint8_t* row, uint32_t supers, RowPacker& out) {
  for (uint32_t s = 0; s < supers; ++s, row += 210) {
    out.Scale(s, HalfBits(row + 208));
    for (int j = 0; j < 8; ++j) {
      uint8_t values[32];
      for (int lane = 0; lane < 32; ++lane) {
        const int half = j / 4, quarter = j % 4;
        const uint8_t byte = row[half * 64 + (quarter % 2) * 32 + lane];
        const int nibble = quarter < 2 ? byte & 15 : byte >> 4;
        const int top = (row[128 + half * 32 + lane] >> (2 * quarter)) & 3;
        values[lane] = static_cast<uint8_t>(nibble | top << 4);
      }
      out.SixBits(s * 8 + j, values, row[192 + 2 * j], row[192 + 2 * j + 1]);
    }
  }
}

void PackRow(TensorType type, const uint8_t* row, uint32_t columns, RowPacker& out) {
  switch (type) {
    case TensorType::kQ4_0:
    case TensorType::kQ4_1:
    case TensorType::kQ5_0:
    case TensorType::kQ5_1:
    case TensorType::kQ8_0:
      return PackSmallBlocks(type, row, columns / kBlock, out);
    case TensorType::kQ4_K:
      return PackK45(false, row, columns / 256, out);
    case TensorType::kQ5_K:
      return PackK45(true, row, columns / 256, out);
    case TensorType::kQ6_K:
      return PackK6(row, columns / 256, out);
    case TensorType::kF16:
      for (uint32_t c = 0; c < columns; ++c) out.Float(c, row + 2 * c, 2, 0x7C00);
      return;
    case TensorType::kBF16:
      for (uint32_t c = 0; c < columns; ++c) out.Float(c, row + 2 * c, 2, 0x7F80);
      return;
    case TensorType::kF32:
      for (uint32_t c = 0; c < columns; ++c) out.Float(c, row + 4 * c, 4, 0x7F800000);
      return;
  }
}

}  // namespace

PackedForm FormOf(TensorType type) {
  switch (type) {
    case TensorType::kQ4_0:
      return PackedForm::kNibble;
    case TensorType::kQ4_1:
      return PackedForm::kNibbleMin;
    case TensorType::kQ5_0:
      return PackedForm::kFive;
    case TensorType::kQ5_1:
      return PackedForm::kFiveMin;
    case TensorType::kQ8_0:
      return PackedForm::kByte;
    case TensorType::kQ4_K:
      return PackedForm::kK4;
    case TensorType::kQ5_K:
      return PackedForm::kK5;
    case TensorType::kQ6_K:
      return PackedForm::kK6;
    case TensorType::kF16:
      return PackedForm::kHalf;
    case TensorType::kBF16:
      return PackedForm::kBfloat;
    case TensorType::kF32:
      return PackedForm::kFloat;
  }
  return PackedForm::kFloat;
}

size_t PackedMatrix::BytesFor(const GgufTensor& tensor) {
  const PanelLayout layout = LayoutOf(FormOf(tensor.type), static_cast<uint32_t>(tensor.columns));
  return (tensor.rows + kPanelRows - 1) / kPanelRows * layout.panel_bytes;
}

absl::StatusOr<PackedMatrix> PackedMatrix::Allocate(const GgufTensor& tensor, WeightArena& arena) {
  if (tensor.columns > (1u << 20) || tensor.rows > (1u << 24)) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", absl::string_view(tensor.name.data(), tensor.name.size()), " is ",
                     tensor.rows, " × ", tensor.columns, ", larger than any model we run"));
  }
  PackedMatrix matrix;
  matrix.form_ = FormOf(tensor.type);
  matrix.rows_ = static_cast<int>(tensor.rows);
  matrix.columns_ = static_cast<int>(tensor.columns);
  matrix.layout_ = LayoutOf(matrix.form_, static_cast<uint32_t>(tensor.columns));
  absl::StatusOr<uint8_t*> memory = arena.Take(matrix.bytes());
  if (!memory.ok()) return memory.status();
  matrix.data_ = *memory;
  return matrix;
}

absl::Status PackedMatrix::Fill(const GgufTensor& tensor, std::span<const uint32_t> row_order,
                                int begin, int end) {
  for (int p = begin; p < end; ++p) {
    uint8_t* to = data_ + static_cast<size_t>(p) * layout_.panel_bytes;
    for (int lane = 0; lane < kPanelRows && p * kPanelRows + lane < rows_; ++lane) {
      const int row = p * kPanelRows + lane;
      RowPacker packer(layout_, to, lane);
      PackRow(tensor.type, tensor.Row(row_order.empty() ? row : row_order[row]),
              static_cast<uint32_t>(columns_), packer);
      if (!packer.finite()) {
        return absl::DataLossError(absl::StrCat(
            "row ", row, " of tensor ", absl::string_view(tensor.name.data(), tensor.name.size()),
            " holds numbers that are not finite; fetch the model file again"));
      }
    }
  }
  return absl::OkStatus();
}

void PackedMatrix::DecodeRow(int row, float* out) const {
  const uint8_t* p = panel(row / kPanelRows);
  const int lane = row % kPanelRows;
  const auto half = [&](uint32_t at) { return HalfToFloat(HalfBits(p + at + lane * 2)); };
  if (IsFloatForm(form_)) {
    for (uint32_t c = 0; c < layout_.blocks; ++c) {
      const uint8_t* value = p + c * layout_.quant_bytes;
      if (form_ == PackedForm::kFloat) {
        std::memcpy(out + c, value + lane * 4, 4);
      } else {
        const uint16_t bits = HalfBits(value + lane * 2);
        out[c] = form_ == PackedForm::kHalf ? HalfToFloat(bits) : Bfloat16ToFloat(bits);
      }
    }
    return;
  }
  const bool super = IsSuperBlockForm(form_);
  const bool has_min = layout_.mins != layout_.sub_scales;
  for (uint32_t b = 0; b < layout_.blocks; ++b) {
    const uint32_t set = super ? b / 8 : b;
    float scale = half(layout_.scales + set * 32);
    float min = has_min ? half(layout_.mins + set * 32) : 0.0f;
    if (super && form_ != PackedForm::kK6) {
      scale = scale * p[layout_.sub_scales + b * 16 + lane];
      min = min * p[layout_.sub_mins + b * 16 + lane];
    }
    const uint8_t* quants = p + b * layout_.quant_bytes;
    const uint8_t* bits = p + layout_.bits + b * layout_.bit_bytes;
    for (int i = 0; i < kBlock; ++i) {
      const int j = (i % 16) / 4, byte = lane * 4 + i % 4;
      int q;
      float s = scale;
      if (form_ == PackedForm::kByte) {
        q = quants[(i / 4) * 64 + byte] - 128;
      } else {
        const uint8_t both = quants[j * 64 + byte];
        q = i < 16 ? both & 15 : both >> 4;
        if (layout_.bit_bytes == 64) {
          const int bit = (i / 4) * 64 + byte;
          q |= ((bits[bit / 8] >> (bit % 8)) & 1) << 4;
        } else if (layout_.bit_bytes == 128) {
          q |= ((bits[(i / 16) * 64 + byte] >> (2 * j)) & 3) << 4;
          q -= 32;
          const auto sub =
              static_cast<int8_t>(p[layout_.sub_scales + b * 32 + (i / 16) * 16 + lane]);
          s = scale * static_cast<float>(sub);
        }
        if (form_ == PackedForm::kNibble) q -= 8;
        if (form_ == PackedForm::kFive) q -= 16;
      }
      out[b * kBlock + i] = s * static_cast<float>(q) + min;
    }
  }
}

}  // namespace frontdesk::llm
