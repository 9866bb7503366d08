// The kernels written once over `Vec`, 16 floats of one instruction set. Included
// by exactly the kernels_*.cc files, each of which defines Vec and its integer kin
// before and is compiled with its own flags; everything is in an anonymous
// namespace so that no linker can swap one set's code for another's.
//
// Vec: Load Store Set + - * / Fma(a, b, c) = a * b + c, Max Abs LargestLane PowerOfTwo.
#ifndef FRONTDESK_ENCODER_VEC
#error "define Vec first"
#endif

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
void Gelu(float* x, int count) {
  for (int i = 0; i < count; i += kLanes) {
    const Vec v = Load(x + i);
    const Vec magnitude = Abs(v);
    const Vec z = magnitude * Set(0.70710678f);
    const Vec t = Set(1.0f) / Fma(z, Set(0.3275911f), Set(1.0f));
    Vec p = Set(1.061405429f);
    p = Fma(p, t, Set(-1.453152027f));
    p = Fma(p, t, Set(1.421413741f));
    p = Fma(p, t, Set(-0.284496736f));
    p = Fma(p, t, Set(0.254829592f));
    const Vec erfc = p * t * Exp(Set(0.0f) - z * z);
    Store(x + i, Fma(magnitude * Set(-0.5f), erfc, Max(v, Set(0.0f))));
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

void Quantise(const float* x, int rows, int inputs, QuantisedRows out) {
  const int blocks = Int8Blocks(inputs);
  for (int r = 0; r < rows; ++r) {
    for (int b = 0; b < blocks; ++b, ++out.scale, ++out.sum) {
      const int length = b + 1 < blocks ? kInt8Block : inputs - b * kInt8Block;
      Vec largest = Set(0.0f);
      for (int i = 0; i < length; i += kLanes) largest = Max(largest, Abs(Load(x + i)));
      const float top = LargestLane(largest);
      const Vec inverse = Set(top > 0 ? 127.0f / top : 0.0f);
      *out.scale = top * (1.0f / 127.0f);
      *out.sum = 0;
      for (int i = 0; i < length; i += kLanes) {
        *out.sum += StoreRounded(out.q + i, Load(x + i) * inverse + Set(kRoundMagic));
      }
      x += length;
      out.q += length;
    }
  }
}

// An F32 product out[r][o] = bias[o] + sum_k x[r][k] * w[o][k] over strided memory; w has
// panels of 16 outputs, inside a panel step k begins k_stride floats after step k - 1.
struct Product {
  const float* x;
  std::int64_t x_stride;
  const float* w;
  std::int64_t panel_stride, k_stride;
  int inputs;
  const float* bias;  // null: zeros
  float* out;
  std::int64_t out_stride;
};

// kRows rows × kPanels panels, one fma chain over k per output.
template <int kRows, int kPanels>
void Tile(const Product& m) {
  Vec sum[kRows][kPanels];
  for (int p = 0; p < kPanels; ++p) {
    const Vec first = m.bias != nullptr ? Load(m.bias + p * kLanes) : Set(0.0f);
    for (int r = 0; r < kRows; ++r) sum[r][p] = first;
  }
  for (int k = 0; k < m.inputs; ++k) {
    Vec column[kPanels];
    for (int p = 0; p < kPanels; ++p) column[p] = Load(m.w + p * m.panel_stride + k * m.k_stride);
    for (int r = 0; r < kRows; ++r) {
      const Vec value = Set(m.x[r * m.x_stride + k]);
      for (int p = 0; p < kPanels; ++p) sum[r][p] = Fma(value, column[p], sum[r][p]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kPanels; ++p) Store(m.out + r * m.out_stride + p * kLanes, sum[r][p]);
  }
}

template <int kRows, int kPanels>
void TileRows(Product m, int rows) {
  for (; rows >= kRows; rows -= kRows) {
    Tile<kRows, kPanels>(m);
    m.x += kRows * m.x_stride;
    m.out += kRows * m.out_stride;
  }
  if constexpr (kRows > 1) {
    if (rows > 0) TileRows<kRows - 1, kPanels>(m, rows);
  }
}

// rows × panels outputs in the largest tiles that fit.
template <int kPanels = kPanelsF32>
void Multiply(Product m, int rows, int panels) {
  for (; panels >= kPanels; panels -= kPanels) {
    TileRows<6, kPanels>(m, rows);
    m.w += kPanels * m.panel_stride;
    m.out += kPanels * kLanes;
    if (m.bias != nullptr) m.bias += kPanels * kLanes;
  }
  if constexpr (kPanels > 1) {
    if (panels > 0) Multiply<kPanels / 2>(m, rows, panels);
  }
}

void MultiplyF32(const float* x, int rows, const PanelsF32& m, float* out) {
  const std::int64_t panel_stride = static_cast<std::int64_t>(m.inputs) * kLanes;
  Multiply({x, m.inputs, m.weights, panel_stride, kLanes, m.inputs, m.bias, out, m.outputs}, rows,
           m.outputs / kLanes);
}

// One tile of the int8 product. AddDots adds exact int32 dots of four inputs; at the
// end of a block of inputs the sum joins the output by one fma, in block order.
template <int kRows, int kPanels>
void TileInt8(const QuantisedRows& x, const PanelsInt8& m, int panel, float* out) {
  const int blocks = Int8Blocks(m.inputs);
  const std::uint8_t* w[kPanels];
  Vec total[kRows][kPanels];
  for (int p = 0; p < kPanels; ++p) {
    w[p] = m.weights + static_cast<std::int64_t>(panel + p) * m.inputs * kLanes;
    for (int r = 0; r < kRows; ++r) total[r][p] = Set(0.0f);
  }
  for (int b = 0; b < blocks; ++b) {
    IntVec sum[kRows][kPanels];
    for (int r = 0; r < kRows; ++r) {
      for (int p = 0; p < kPanels; ++p) sum[r][p] = FirstSum(x.sum[r * blocks + b]);
    }
    const int end = b + 1 < blocks ? (b + 1) * kInt8Block : m.inputs;
    for (int k = b * kInt8Block; k < end; k += 4) {
      WeightVec column[kPanels];
      for (int p = 0; p < kPanels; ++p)
        column[p] = LoadWeights(w[p] + static_cast<std::int64_t>(k) * kLanes);
      for (int r = 0; r < kRows; ++r) {
        const auto four = Broadcast4(x.q + static_cast<std::int64_t>(r) * m.inputs + k);
        for (int p = 0; p < kPanels; ++p) sum[r][p] = AddDots(sum[r][p], column[p], four);
      }
    }
    for (int r = 0; r < kRows; ++r) {
      const Vec scale = Set(x.scale[r * blocks + b]);
      for (int p = 0; p < kPanels; ++p) total[r][p] = Fma(ToFloat(sum[r][p]), scale, total[r][p]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kPanels; ++p) {
      const int o = (panel + p) * kLanes;
      Store(out + static_cast<std::int64_t>(r) * m.outputs + o,
            Fma(total[r][p], Load(m.scale + o), Load(m.bias + o)));
    }
  }
}

template <int kRows, int kPanels>
void RowsInt8(QuantisedRows x, int rows, const PanelsInt8& m, int panel, float* out) {
  const int blocks = Int8Blocks(m.inputs);
  for (; rows >= kRows; rows -= kRows) {
    TileInt8<kRows, kPanels>(x, m, panel, out);
    x.q += static_cast<std::int64_t>(kRows) * m.inputs;
    x.scale += kRows * blocks;
    x.sum += kRows * blocks;
    out += static_cast<std::int64_t>(kRows) * m.outputs;
  }
  if constexpr (kRows > 1) {
    if (rows > 0) RowsInt8<kRows - 1, kPanels>(x, rows, m, panel, out);
  }
}

void MultiplyInt8(const QuantisedRows& x, int rows, const PanelsInt8& m, float* out) {
  const int panels = m.outputs / kLanes;
  int p = 0;
  for (; p + kPanelsInt8 <= panels; p += kPanelsInt8) {
    RowsInt8<kRowsInt8, kPanelsInt8>(x, rows, m, p, out);
  }
  for (; p < panels; ++p) RowsInt8<kRowsInt8, 1>(x, rows, m, p, out);
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
    Multiply({q + i * stride, stride, keys, kLanes, padded, head_width, nullptr, scores, padded},
             rows, padded / kLanes);
    for (int r = 0; r < rows; ++r) Softmax(scores + r * padded, tokens, padded, scale);
    Multiply({scores, padded, v, kLanes, stride, tokens, nullptr, out + i * out_stride, out_stride},
             rows, head_width / kLanes);
  }
}

void Attend(const float* qkv, int tokens, int heads, int head_width, float* context,
            float* scratch) {
  const std::int64_t width = static_cast<std::int64_t>(heads) * head_width;
  for (int h = 0; h < heads; ++h) {
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
  return {name, weights_plus_128, MultiplyF32, MultiplyInt8, Quantise,
          Gelu, AddNormalise,     Attend,      Pool};
}

}  // namespace
}  // namespace frontdesk::llm::encoder
