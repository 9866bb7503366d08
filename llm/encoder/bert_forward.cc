#include "llm/encoder/bert_forward.h"

#include <algorithm>
#include <cstddef>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace frontdesk::llm::encoder {
namespace {

// Rounds to nearest and keeps denormals for as long as it lives, whatever the caller had set.
class StandardRounding {
 public:
#if defined(__SSE__)
  StandardRounding() : saved_(_mm_getcsr()) { _mm_setcsr(0x1F80); }
  ~StandardRounding() { _mm_setcsr(saved_); }

 private:
  const unsigned saved_;
#endif
};

// The products of one call, in whichever precision the weights have.
class Products {
 public:
  Products(const BertWeights& weights, const Kernels& kernels, int rows, Workspace& workspace)
      : precision_(weights.precision()), kernels_(kernels), rows_(rows), workspace_(workspace) {}

  // out [rows, outputs] = x [rows, inputs] · matrix
  void Multiply(const float* x, const PackedMatrix& matrix, float* out) {
    if (precision_ == EncoderPrecision::kF32) {
      kernels_.multiply_f32(x, rows_, matrix.f32(), out);
      return;
    }
    const PanelsInt8 panels = matrix.int8();
    const QuantisedRows rows = {workspace_.quantised.data(), workspace_.scale.data(),
                                workspace_.sums.data()};
    kernels_.quantise(x, rows_, panels.inputs, rows);
    kernels_.multiply_int8(rows, rows_, panels, out);
  }

 private:
  const EncoderPrecision precision_;
  const Kernels& kernels_;
  const int rows_;
  Workspace& workspace_;
};

void Resize(Workspace& workspace, const BertShape& shape, std::size_t rows, int longest) {
  const auto grow = [](auto& buffer, std::size_t size) {
    if (buffer.size() < size) buffer.resize(size);
  };
  const std::size_t width = shape.width, inner = shape.inner;
  grow(workspace.hidden, rows * width);
  grow(workspace.delta, rows * width);
  grow(workspace.wide, rows * std::max(3 * width, inner));
  grow(workspace.quantised, rows * std::max(width, inner));
  const std::size_t blocks = Int8Blocks(static_cast<int>(std::max(width, inner)));
  grow(workspace.scale, rows * blocks);
  grow(workspace.sums, rows * blocks);
  grow(workspace.scratch, AttentionScratch(longest, shape.width / shape.heads));
}

}  // namespace

void EmbedTexts(const BertWeights& weights, const Kernels& kernels,
                std::span<const std::span<const std::int32_t>> texts, Workspace& workspace,
                std::span<float* const> out) {
  const StandardRounding rounding;
  const BertShape& shape = weights.shape();
  const int width = shape.width;
  std::size_t rows = 0, longest = 0;
  for (const auto& ids : texts) {
    rows += ids.size();
    longest = std::max(longest, ids.size());
  }
  Resize(workspace, shape, rows, static_cast<int>(longest));
  const int row_count = static_cast<int>(rows);
  float* hidden = workspace.hidden.data();  // [rows, width]
  float* delta = workspace.delta.data();    // [rows, width]
  float* wide = workspace.wide.data();      // [rows, 3 width] or [rows, inner]

  float* row = hidden;
  for (const auto& ids : texts) {
    for (std::size_t t = 0; t < ids.size(); ++t, row += width) {
      weights.EmbedToken(ids[t], static_cast<int>(t), row);
    }
  }
  std::fill_n(delta, rows * width, 0.0f);
  kernels.add_normalise(hidden, delta, row_count, width, weights.embedding_gain(),
                        weights.embedding_bias(), shape.epsilon);

  Products products(weights, kernels, row_count, workspace);
  for (const BertLayer& layer : weights.layers()) {
    products.Multiply(hidden, layer.query_key_value, wide);
    std::size_t first = 0;
    for (const auto& ids : texts) {
      kernels.attend(wide + first * 3 * width, static_cast<int>(ids.size()), shape.heads,
                     width / shape.heads, delta + first * width, workspace.scratch.data());
      first += ids.size();
    }
    products.Multiply(delta, layer.attention_out, wide);
    kernels.add_normalise(hidden, wide, row_count, width, layer.attention_gain.data(),
                          layer.attention_bias.data(), shape.epsilon);
    products.Multiply(hidden, layer.inner, wide);
    kernels.gelu(wide, row_count * shape.inner);
    products.Multiply(wide, layer.out, delta);
    kernels.add_normalise(hidden, delta, row_count, width, layer.out_gain.data(),
                          layer.out_bias.data(), shape.epsilon);
  }

  const float* text_rows = hidden;
  for (std::size_t t = 0; t < texts.size(); ++t) {
    kernels.pool(text_rows, static_cast<int>(texts[t].size()), width, out[t]);
    text_rows += texts[t].size() * width;
  }
}

}  // namespace frontdesk::llm::encoder
