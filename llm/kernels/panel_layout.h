// How a weight matrix lies in memory once it is packed for the kernels.
//
// Rows are taken sixteen at a time: a panel. In a panel the same four columns of all
// sixteen rows lie together (64 bytes, or 32 as nibbles), so one vector instruction
// multiplies four columns of as many rows as it has lanes, and every row keeps a lane
// of its own: a row's sum never depends on the width of the vectors. One layout
// serves all instruction sets. Everything is static or constexpr: included by files
// compiled with different flags. Source: docs/determinism.md.

#pragma once

#include <cstddef>
#include <cstdint>

namespace frontdesk::llm {

// Names everything in this file; whoever changes where a bit lies changes the name.
constexpr char kPanelLayoutName[] = "panel16-1";

// Rows of a panel, and the number of virtual lanes of every reduction.
constexpr int kPanelRows = 16;
// Tokens of the largest tile of any instruction set.
constexpr int kMostTile = 16;
// Columns that share one scale of the activations.
constexpr int kBlock = 32;

enum class PackedForm : uint8_t {
  kNibble,     // Q4_0: d·(q-8)
  kNibbleMin,  // Q4_1: d·q + m
  kFive,       // Q5_0: d·(q-16)
  kFiveMin,    // Q5_1
  kByte,       // Q8_0: d·q, kept as q+128
  kK4,         // Q4_K: d·s·q - dmin·m, s and m per block, d and dmin per 8 blocks
  kK5,         // Q5_K
  kK6,         // Q6_K: d·s·(q-32), s per half block
  kHalf,       // F16, [column][16 rows]
  kBfloat,     // BF16
  kFloat,      // F32
};
constexpr int kPackedForms = 11;

constexpr bool IsFloatForm(PackedForm form) {
  return form == PackedForm::kHalf || form == PackedForm::kBfloat || form == PackedForm::kFloat;
}
constexpr bool IsSuperBlockForm(PackedForm form) {
  return form == PackedForm::kK4 || form == PackedForm::kK5 || form == PackedForm::kK6;
}

constexpr bool HasMin(PackedForm form) {
  return form == PackedForm::kNibbleMin || form == PackedForm::kFiveMin ||
         form == PackedForm::kK4 || form == PackedForm::kK5;
}

// Byte offsets inside one panel; each part is indexed by block (or super-block), then row.
struct PanelLayout {
  uint32_t blocks = 0;         // of 32 columns; columns themselves in float forms
  uint32_t quant_bytes = 0;    // per block: 256 nibbles, 512 bytes; float forms: per column
  uint32_t bit_bytes = 0;      // per block: the fifth bits (64) or the top bit pairs (128)
  uint32_t bits = 0;           // offset
  uint32_t scales = 0;         // offset of f16[16] per block or super-block
  uint32_t mins = 0;           // likewise
  uint32_t sub_scales = 0;     // offset of u8[16] per block (kK6: i8[2][16])
  uint32_t sub_mins = 0;       // likewise
  uint32_t panel_bytes = 0;    // a multiple of 64
};

constexpr PanelLayout LayoutOf(PackedForm form, uint32_t columns) {
  PanelLayout l;
  if (IsFloatForm(form)) {
    l.blocks = columns;
    l.quant_bytes = form == PackedForm::kFloat ? 64 : 32;
    l.panel_bytes = (l.blocks * l.quant_bytes + 63) / 64 * 64;
    return l;
  }
  l.blocks = columns / kBlock;
  const bool five = form == PackedForm::kFive || form == PackedForm::kFiveMin ||
                    form == PackedForm::kK5;
  const bool super = IsSuperBlockForm(form);
  const bool mins = HasMin(form);
  const uint32_t scale_sets = super ? l.blocks / 8 : l.blocks;
  l.quant_bytes = form == PackedForm::kByte ? 512 : 256;
  l.bit_bytes = five ? 64 : (form == PackedForm::kK6 ? 128 : 0);
  uint32_t at = l.blocks * l.quant_bytes;
  l.bits = at;
  at += l.blocks * l.bit_bytes;
  l.scales = at;
  at += scale_sets * 32;
  l.mins = at;
  at += mins ? scale_sets * 32 : 0;
  l.sub_scales = at;
  at += super ? l.blocks * (form == PackedForm::kK6 ? 32 : 16) : 0;
  l.sub_mins = at;
  at += (super && mins) ? l.blocks * 16 : 0;
  l.panel_bytes = (at + 63) / 64 * 64;
  return l;
}

// Activations lie [block of 32 columns][token of a tile]: 32 int8 values q, then these.
struct TileNumbers {
  float scale;       // d
  float scaled_sum;  // d·Σq
  int32_t minus_8_sum;
  int32_t minus_8_first_sum;  // of the first half
};
constexpr int kTileBlockBytes = kBlock + sizeof(TileNumbers);

}  // namespace frontdesk::llm
