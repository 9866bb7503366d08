// The kernels written once over `Vec`, 16 floats of one instruction set. Included
// by exactly the kernels_*.cc files, each of which defines Vec and its integer kin
// before and is compiled with its own flags; everything is in an anonymous
// namespace so that no linker can swap one set's code for another's.
//
// Vec: Load Store Set + - * / Fma(a, b, c) = a * b + c, Max Abs LargestLane PowerOfTwo.
#ifndef FRONTDESK_ENCODER_VEC
#error "define Vec first"
#endif

#include <cstdint>

#include "llm/encoder/kernels.h"

namespace frontdesk::llm::encoder {
namespace {

// Adding this to |t| < 2^22 rounds t to an integer, which then stands in the low bits.
constexpr float kRoundMagic = 12582912.0f;  // 1.5 * 2^23

// Joins 16 lanes in the canonical tree.
float JoinSum(Vec v) {
  float lane[kLanes];
  Store(lane, v);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) lane[l] = lane[l] + lane[l + half];
  }
  return lane[0];
}

// e^x for x ≤ 0, relative error below 2e-7; arguments under -87 count as -87.
// Cody-Waite reduction, then the Taylor polynomial of degree 7 on |r| ≤ ln2 / 2.
Vec Exp(Vec x) {
  x = Max(x, Set(-87.0f));
  const Vec n_bits = Fma(x, Set(1.44269504f), Set(kRoundMagic));
  const Vec n = n_bits - Set(kRoundMagic);
  Vec r = Fma(n, Set(-0.693359375f), x);
  r = Fma(n, Set(2.12194440e-4f), r);
  Vec p = Set(1.0f / 5040);
  p = Fma(p, r, Set(1.0f / 720));
  p = Fma(p, r, Set(1.0f / 120));
  p = Fma(p, r, Set(1.0f / 24));
  p = Fma(p, r, Set(1.0f / 6));
  p = Fma(p, r, Set(0.5f));
  p = Fma(p, r, Set(1.0f));
  p = Fma(p, r, Set(1.0f));
  return p * PowerOfTwo(n_bits);
}

// x · Φ(x) by erfc of Abramowitz and Stegun 7.1.26 (absolute error below 1.5e-7).
Vec Gelu(Vec v) {
  const Vec magnitude = Abs(v);
  const Vec z = magnitude * Set(0.70710678f);
  const Vec t = Set(1.0f) / Fma(z, Set(0.3275911f), Set(1.0f));
  Vec p = Set(1.061405429f);
  p = Fma(p, t, Set(-1.453152027f));
  p = Fma(p, t, Set(1.421413741f));
  p = Fma(p, t, Set(-0.284496736f));
  p = Fma(p, t, Set(0.254829592f));
  const Vec erfc = p * t * Exp(Set(0.0f) - z * z);
  return Fma(magnitude * Set(-0.5f), erfc, Max(v, Set(0.0f)));
}

void GeluRows(float* x, int rows, int stride, int count) {
  for (int r = 0; r < rows; ++r, x += stride) {
    for (int i = 0; i < count; i += kLanes) Store(x + i, Gelu(Load(x + i)));
  }
}

void AddNormalise(float* x, const float* delta, int rows, int width, const float* gain,
                  const float* bias, float epsilon) {
  const float per = 1.0f / static_cast<float>(width);
  for (int r = 0; r < rows; ++r, x += width, delta += width) {
    Vec sum = Set(0.0f);
    for (int i = 0; i < width; i += kLanes) {
      const Vec v = Load(x + i) + Load(delta + i);
      Store(x + i, v);
      sum = sum + v;
    }
    const Vec mean = Set(JoinSum(sum) * per);
    Vec squares = Set(0.0f);
    for (int i = 0; i < width; i += kLanes) {
      const Vec d = Load(x + i) - mean;
      squares = Fma(d, d, squares);
    }
    const Vec inverse = Set(1.0f / __builtin_sqrtf(JoinSum(squares) * per + epsilon));
    for (int i = 0; i < width; i += kLanes) {
      const Vec d = (Load(x + i) - mean) * inverse;
      Store(x + i, Fma(d, Load(gain + i), Load(bias + i)));
    }
  }
}

void Quantise(const float* x, int rows, int inputs, int begin, int end, QuantisedRows out) {
  const int blocks = Int8Blocks(inputs);
  for (int r = 0; r < rows; ++r) {
    for (int b = begin; b < end; ++b) {
      const int length = b + 1 < blocks ? kInt8Block : inputs - b * kInt8Block;
      const std::int64_t from = static_cast<std::int64_t>(r) * inputs + b * kInt8Block;
      Vec largest = Set(0.0f);
      for (int i = 0; i < length; i += kLanes) largest = Max(largest, Abs(Load(x + from + i)));
      const float top = LargestLane(largest);
      const Vec inverse = Set(top > 0 ? 127.0f / top : 0.0f);
      std::int32_t sum = 0;
      for (int i = 0; i < length; i += kLanes) {
        sum += StoreRounded(out.q + from + i, Load(x + from + i) * inverse + Set(kRoundMagic));
      }
      out.scale[r * blocks + b] = top * (1.0f / 127.0f);
      out.sum[r * blocks + b] = sum;
    }
  }
}

// Reads into the cache that is to come, while a product keeps the processor busy.
struct Ahead {
  const char* at = nullptr;
  std::int64_t lines = 0;  // left to ask for
  int per_step = 0;

  void Step() {
    for (int i = 0; i < per_step; ++i, at += 64) __builtin_prefetch(at, 0, 2);
  }
  // A tile of so many steps has asked for its share.
  void Advance(int steps) {
    at += std::int64_t{64} * per_step * steps;
    lines -= std::int64_t{per_step} * steps;
    if (lines <= 0) per_step = 0;
  }
};

// An F32 product over strided memory: out[r][o] goes on from what it holds, or begins at zero, by
// x[r][k] * w[o][k] for k = 0, 1, 2, …. w has panels of 16 outputs, inside a panel step k begins
// k_stride floats after step k - 1.
struct Product {
  const float* x;
  std::int64_t x_stride;
  const float* w;
  std::int64_t panel_stride, k_stride;
  int inputs;
  float* out;
  std::int64_t out_stride;
  Ahead ahead = {};
};

enum class From { kZero, kOut };

// kRows rows × kPanels panels, one fma chain over k per output. The small loops are unrolled by
// command: left alone, the compiler keeps the sums of a tile in memory at its ends.
template <From kFrom, int kRows, int kPanels>
void Tile(const Product& m) {
  Vec sum[kRows][kPanels];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      sum[r][p] = kFrom == From::kOut ? Load(m.out + r * m.out_stride + p * kLanes) : Set(0.0f);
    }
  }
  Ahead ahead = m.ahead;
  for (int k = 0; k < m.inputs; ++k) {
    ahead.Step();
    Vec column[kPanels];
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) column[p] = Load(m.w + p * m.panel_stride + k * m.k_stride);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec value = Set(m.x[r * m.x_stride + k]);
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) sum[r][p] = Fma(value, column[p], sum[r][p]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) Store(m.out + r * m.out_stride + p * kLanes, sum[r][p]);
  }
}

constexpr int kTileRowsF32 = 6;

template <From kFrom, int kRows, int kPanels>
void TileRows(Product& m, int rows) {
  for (; rows >= kRows; rows -= kRows) {
    Tile<kFrom, kRows, kPanels>(m);
    m.x += kRows * m.x_stride;
    m.out += kRows * m.out_stride;
    m.ahead.Advance(m.inputs);
  }
  if constexpr (kRows > 1) {
    if (rows > 0) TileRows<kFrom, kRows - 1, kPanels>(m, rows);
  }
}

// rows × panels outputs in the largest tiles that fit.
template <From kFrom, int kPanels = kPanelsF32>
void Multiply(Product m, int rows, int panels) {
  for (; panels >= kPanels; panels -= kPanels) {
    Product part = m;
    TileRows<kFrom, kTileRowsF32, kPanels>(part, rows);
    m.ahead = part.ahead;
    m.w += kPanels * m.panel_stride;
    m.out += kPanels * kLanes;
  }
  if constexpr (kPanels > 1) {
    if (panels > 0) Multiply<kFrom, kPanels / 2>(m, rows, panels);
  }
}

// Inputs that are taken at a time: a group's weights for them (96 KiB) stay in the second cache
// while all rows pass, and those for the next are asked for meanwhile, so memory is read once
// and not waited for. An output's chain goes on where it stopped.
constexpr int kDepthF32 = 384;

void MultiplyF32(const float* x, int rows, const GroupsF32& m, int begin, int end, float* out) {
  for (int g = begin; g < end; ++g) {
    const int first = g * kGroup;
    const int width = m.outputs - first < kGroup ? m.outputs - first : kGroup;
    const int panels = width / kLanes;
    const float* w = m.weights + static_cast<std::int64_t>(first) * m.inputs;
    const int tiles = (rows + kTileRowsF32 - 1) / kTileRowsF32 *
                      ((panels + kPanelsF32 - 1) / kPanelsF32);
    for (int r = 0; r < rows; ++r) {
      for (int o = first; o < first + width; o += kLanes) {
        Store(out + static_cast<std::int64_t>(r) * m.outputs + o, Load(m.bias + o));
      }
    }
    for (int k = 0; k < m.inputs; k += kDepthF32) {
      const int depth = m.inputs - k < kDepthF32 ? m.inputs - k : kDepthF32;
      Product part = {x + k, m.inputs, w, kLanes, width, depth, out + first, m.outputs};
      w += static_cast<std::int64_t>(depth) * width;
      part.ahead = {reinterpret_cast<const char*>(w), std::int64_t{depth} * panels,
                    (panels + tiles - 1) / tiles};
      Multiply<From::kOut>(part, rows, panels);
    }
  }
}

// One tile of the int8 product. AddDots adds exact int32 dots of four inputs; at the
// end of a block of inputs the sum joins the output by one fma, in block order.
template <int kRows, int kPanels>
void TileInt8(const QuantisedRows& x, const GroupsInt8& m, int first, float* out) {
  const int blocks = Int8Blocks(m.inputs);
  const int group = first / kGroup * kGroup;
  const int width = m.outputs - group < kGroup ? m.outputs - group : kGroup;
  const std::uint8_t* const w =
      m.weights + static_cast<std::int64_t>(group) * m.inputs + (first - group) * 4;
  Vec total[kRows][kPanels];
#pragma GCC unroll 8
  for (int p = 0; p < kPanels; ++p) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) total[r][p] = Set(0.0f);
  }
  for (int b = 0; b < blocks; ++b) {
    IntVec sum[kRows][kPanels];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) sum[r][p] = FirstSum(x.sum[r * blocks + b]);
    }
    const int end = b + 1 < blocks ? (b + 1) * kInt8Block : m.inputs;
    for (int k = b * kInt8Block; k < end; k += 4) {
      WeightVec column[kPanels];
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p)
        column[p] = LoadWeights(w + static_cast<std::int64_t>(k) * width + p * kLanes * 4);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const auto four = Broadcast4(x.q + static_cast<std::int64_t>(r) * m.inputs + k);
#pragma GCC unroll 8
        for (int p = 0; p < kPanels; ++p) sum[r][p] = AddDots(sum[r][p], column[p], four);
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec scale = Set(x.scale[r * blocks + b]);
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) total[r][p] = Fma(ToFloat(sum[r][p]), scale, total[r][p]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      const int o = first + p * kLanes;
      Store(out + static_cast<std::int64_t>(r) * m.outputs + o,
            Fma(total[r][p], Load(m.scale + o), Load(m.bias + o)));
    }
  }
}

template <int kRows, int kPanels>
void RowsInt8(QuantisedRows x, int rows, const GroupsInt8& m, int first, float* out) {
  const int blocks = Int8Blocks(m.inputs);
  for (; rows >= kRows; rows -= kRows) {
    TileInt8<kRows, kPanels>(x, m, first, out);
    x.q += static_cast<std::int64_t>(kRows) * m.inputs;
    x.scale += kRows * blocks;
    x.sum += kRows * blocks;
    out += static_cast<std::int64_t>(kRows) * m.outputs;
  }
  if constexpr (kRows > 1) {
    if (rows > 0) RowsInt8<kRows - 1, kPanels>(x, rows, m, first, out);
  }
}

void MultiplyInt8(const QuantisedRows& x, int rows, const GroupsInt8& m, int begin, int end,
                  float* out) {
  const int last = end * kGroup < m.outputs ? end * kGroup : m.outputs;
  constexpr int kWide = kPanelsInt8 * kLanes;
  int first = begin * kGroup;
  for (; first + kWide <= last; first += kWide) {
    RowsInt8<kRowsInt8, kPanelsInt8>(x, rows, m, first, out);
  }
  for (; first < last; first += kLanes) RowsInt8<kRowsInt8, 1>(x, rows, m, first, out);
}

// Softmax of scale * scores[0..tokens) in place; the padding up to padded becomes 0.
void Softmax(float* scores, int tokens, int padded, Vec scale) {
  for (int j = tokens; j < padded; ++j) scores[j] = scores[0];
  Vec best = Load(scores);
  for (int j = kLanes; j < padded; j += kLanes) best = Max(best, Load(scores + j));
  const Vec top = Set(LargestLane(best));
  for (int j = 0; j < padded; j += kLanes) Store(scores + j, Exp((Load(scores + j) - top) * scale));
  for (int j = tokens; j < padded; ++j) scores[j] = 0.0f;
  Vec sum = Set(0.0f);
  for (int j = 0; j < padded; j += kLanes) sum = sum + Load(scores + j);
  const Vec total = Set(JoinSum(sum));
  for (int j = 0; j < padded; j += kLanes) Store(scores + j, Load(scores + j) / total);
}

// Softmax attention of one head; q, k, v point at its columns of the first token.
void AttendHead(const float* q, const float* k, const float* v, std::int64_t stride, int tokens,
                int head_width, float* out, std::int64_t out_stride, float* scratch) {
  const int padded = (tokens + kLanes - 1) / kLanes * kLanes;
  float* keys = scratch;  // [head_width, padded]: transposed, so that lanes are tokens
  float* scores = scratch + static_cast<std::int64_t>(padded) * head_width;  // [6, padded]
  for (int d = 0; d < head_width; ++d) {
    for (int j = 0; j < tokens; ++j) keys[d * padded + j] = k[j * stride + d];
    for (int j = tokens; j < padded; ++j) keys[d * padded + j] = 0.0f;
  }
  const Vec scale = Set(1.0f / __builtin_sqrtf(static_cast<float>(head_width)));
  for (int i = 0; i < tokens; i += kAttentionRows) {
    const int rows = tokens - i < kAttentionRows ? tokens - i : kAttentionRows;
    Multiply<From::kZero>(
        {q + i * stride, stride, keys, kLanes, padded, head_width, scores, padded}, rows,
        padded / kLanes);
    for (int r = 0; r < rows; ++r) Softmax(scores + r * padded, tokens, padded, scale);
    Multiply<From::kZero>(
        {scores, padded, v, kLanes, stride, tokens, out + i * out_stride, out_stride}, rows,
        head_width / kLanes);
  }
}

void Attend(const float* qkv, int tokens, int heads, int head_width, int begin, int end,
            float* context, float* scratch) {
  const std::int64_t width = static_cast<std::int64_t>(heads) * head_width;
  for (int h = begin; h < end; ++h) {
    const float* q = qkv + h * head_width;
    AttendHead(q, q + width, q + 2 * width, 3 * width, tokens, head_width, context + h * head_width,
               width, scratch);
  }
}

void Pool(const float* x, int tokens, int width, float* out) {
  const Vec count = Set(static_cast<float>(tokens));
  Vec squares = Set(0.0f);
  for (int d = 0; d < width; d += kLanes) {
    Vec sum = Set(0.0f);
    for (int t = 0; t < tokens; ++t) sum = sum + Load(x + static_cast<std::int64_t>(t) * width + d);
    const Vec mean = sum / count;
    squares = Fma(mean, mean, squares);
    Store(out + d, mean);
  }
  const float length = __builtin_sqrtf(JoinSum(squares));
  const Vec divisor = Set(length > 1e-12f ? length : 1e-12f);
  for (int d = 0; d < width; d += kLanes) Store(out + d, Load(out + d) / divisor);
}

Kernels MakeKernels(const char* name, bool weights_plus_128) {
  return {name,     weights_plus_128, MultiplyF32, MultiplyInt8, Quantise,
          GeluRows, AddNormalise,     Attend,      Pool};
}

}  // namespace
}  // namespace frontdesk::llm::encoder
