#include "llm/encoder/bert_forward.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "llm/numerics.h"

namespace frontdesk::llm::encoder {
namespace {

// Rows that a thread takes at least where a row is little work.
constexpr int kLeastRows = 8;

QuantisedRows View(Workspace::Quantised& rows) {
  return {rows.q.data(), rows.scale.data(), rows.sums.data()};
}

// One call's way through the layers. A stage is shared by the team and ends before the next begins;
// what follows a product element by element, or block by block, is done by whoever computed the part.
class Pass {
 public:
  Pass(const BertWeights& weights, const Kernels& kernels,
       std::span<const std::span<const std::int32_t>> texts, Workspace& workspace, WorkerTeam* team)
      : weights_(weights),
        shape_(weights.shape()),
        kernels_(kernels),
        texts_(texts),
        workspace_(workspace),
        team_(team),
        int8_(weights.precision() == EncoderPrecision::kInt8) {
    for (const auto& ids : texts) rows_ += static_cast<int>(ids.size());
    MakeRoom();
    hidden_ = workspace.hidden.data();
    delta_ = workspace.delta.data();
    wide_ = workspace.wide.data();
  }

  void Embed() {
    float* row = hidden_;
    for (const auto& ids : texts_) {
      for (std::size_t t = 0; t < ids.size(); ++t, row += shape_.width) {
        weights_.EmbedToken(ids[t], static_cast<int>(t), row);
      }
    }
    std::fill_n(delta_, static_cast<std::size_t>(rows_) * shape_.width, 0.0f);
    AddNormalise(delta_, weights_.embedding_gain(), weights_.embedding_bias());
  }

  void Layer(const BertLayer& layer) {
    Multiply(hidden_, workspace_.narrow, layer.query_key_value, wide_);
    Attend();
    Multiply(delta_, workspace_.narrow, layer.attention_out, wide_);
    AddNormalise(wide_, layer.attention_gain.data(), layer.attention_bias.data());
    Share(Groups(shape_.inner), 1, [&](int, int begin, int end) {
      MultiplyGroups(hidden_, workspace_.narrow, layer.inner, begin, end, wide_);
      const int first = begin * kGroup;
      kernels_.gelu(wide_ + first, rows_, shape_.inner,
                    std::min(end * kGroup, shape_.inner) - first);
      if (int8_) kernels_.quantise(wide_, rows_, shape_.inner, begin, end, View(workspace_.broad));
    });
    Multiply(wide_, workspace_.broad, layer.out, delta_);
    AddNormalise(delta_, layer.out_gain.data(), layer.out_bias.data());
  }

  // out[t][at ...] = mean of the text's rows, scaled to length one
  void Pool(std::span<float* const> out, int at) {
    const float* row = hidden_;
    for (std::size_t t = 0; t < texts_.size(); ++t) {
      kernels_.pool(row, static_cast<int>(texts_[t].size()), shape_.width, out[t] + at);
      row += texts_[t].size() * shape_.width;
    }
  }

 private:
  // Calls work(worker, begin, end) for parts of [0, total).
  template <typename Work>
  void Share(int total, int least, const Work& work) {
    if (team_ != nullptr) {
      team_->ForRange(total, least, work);
    } else {
      work(0, 0, total);
    }
  }

  // out [rows, outputs] = x [rows, inputs] · matrix, in whichever precision the weights have.
  void MultiplyGroups(const float* x, Workspace::Quantised& quantised, const PackedMatrix& matrix,
                      int begin, int end, float* out) {
    if (int8_) {
      kernels_.multiply_int8(View(quantised), rows_, matrix.int8(), begin, end, out);
    } else {
      kernels_.multiply_f32(x, rows_, matrix.f32(), begin, end, out);
    }
  }
  void Multiply(const float* x, Workspace::Quantised& quantised, const PackedMatrix& matrix,
                float* out) {
    Share(Groups(matrix.outputs()), 1, [&](int, int begin, int end) {
      MultiplyGroups(x, quantised, matrix, begin, end, out);
    });
  }

  // delta = attention of wide, by heads that fill whole blocks of the next product.
  void Attend() {
    const int head_width = shape_.width / shape_.heads;
    const int least = kInt8Block / std::gcd(kInt8Block, head_width);
    const int parts = (shape_.heads + least - 1) / least;
    Share(parts, 1, [&](int worker, int begin, int end) {
      const int first = begin * least, last = std::min(shape_.heads, end * least);
      std::size_t row = 0;
      for (const auto& ids : texts_) {
        kernels_.attend(wide_ + row * 3 * shape_.width, static_cast<int>(ids.size()), shape_.heads,
                        head_width, first, last, delta_ + row * shape_.width,
                        workspace_.scratch[worker].data());
        row += ids.size();
      }
      if (int8_) {
        kernels_.quantise(delta_, rows_, shape_.width, first * head_width / kInt8Block,
                          (last * head_width + kInt8Block - 1) / kInt8Block,
                          View(workspace_.narrow));
      }
    });
  }

  // hidden = layer_norm(hidden + delta)
  void AddNormalise(const float* delta, const float* gain, const float* bias) {
    const int width = shape_.width, blocks = Int8Blocks(width);
    Share(rows_, kLeastRows, [&](int, int begin, int end) {
      const std::size_t from = static_cast<std::size_t>(begin) * width;
      kernels_.add_normalise(hidden_ + from, delta + from, end - begin, width, gain, bias,
                             shape_.epsilon);
      if (!int8_) return;
      QuantisedRows rows = View(workspace_.narrow);
      rows.q += from;
      rows.scale += static_cast<std::size_t>(begin) * blocks;
      rows.sum += static_cast<std::size_t>(begin) * blocks;
      kernels_.quantise(hidden_ + from, end - begin, width, 0, blocks, rows);
    });
  }

  void MakeRoom() {
    const auto grow = [](auto& buffer, std::size_t size) {
      if (buffer.size() < size) buffer.resize(size);
    };
    const std::size_t rows = rows_, width = shape_.width, inner = shape_.inner;
    grow(workspace_.hidden, rows * width);
    grow(workspace_.delta, rows * width);
    grow(workspace_.wide, rows * std::max(3 * width, inner));
    if (int8_) {
      const auto grow_rows = [&](Workspace::Quantised& quantised, std::size_t numbers) {
        const std::size_t blocks = Int8Blocks(static_cast<int>(numbers));
        grow(quantised.q, rows * numbers);
        grow(quantised.scale, rows * blocks);
        grow(quantised.sums, rows * blocks);
      };
      grow_rows(workspace_.narrow, width);
      grow_rows(workspace_.broad, inner);
    }
    std::size_t longest = 0;
    for (const auto& ids : texts_) longest = std::max(longest, ids.size());
    grow(workspace_.scratch, team_ != nullptr ? team_->size() : 1);
    for (auto& scratch : workspace_.scratch) {
      grow(scratch, AttentionScratch(static_cast<int>(longest), shape_.width / shape_.heads));
    }
  }

  const BertWeights& weights_;
  const BertShape& shape_;
  const Kernels& kernels_;
  const std::span<const std::span<const std::int32_t>> texts_;
  Workspace& workspace_;
  WorkerTeam* const team_;
  const bool int8_;
  int rows_ = 0;
  float* hidden_;  // [rows, width]
  float* delta_;   // [rows, width]
  float* wide_;    // [rows, 3 width] or [rows, inner]
};

}  // namespace

void EmbedTexts(const BertWeights& weights, const Kernels& kernels,
                std::span<const std::span<const std::int32_t>> texts, Workspace& workspace,
                WorkerTeam* team, std::span<float* const> out) {
  const CanonicalFloatScope floats;
  Pass pass(weights, kernels, texts, workspace, team);
  pass.Embed();
  const auto& layers = weights.layers();
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (l == layers.size() / 2) pass.Pool(out, weights.shape().width);
    pass.Layer(layers[l]);
  }
  pass.Pool(out, 0);
}

}  // namespace frontdesk::llm::encoder
