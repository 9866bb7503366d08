#include "tests/llm/plain_model.h"

#include <cmath>
#include <string>

#include "llm/runtime/model_config.h"

namespace frontdesk::llm {
namespace {

using Row = std::vector<double>;

class PlainModel {
 public:
  explicit PlainModel(const GgufFile& file) : file_(file), c_(*ModelConfig::FromGguf(file)) {}

  std::vector<Row> Logits(const std::vector<int32_t>& tokens) {
    std::vector<Row> x;
    const std::vector<Row> embedding = Matrix("token_embd.weight");
    for (int32_t token : tokens) {
      x.push_back(embedding[token]);
      for (double& v : x.back()) v *= c_.embedding_scale;
    }
    for (int layer = 0; layer < c_.layers; ++layer) Layer(layer, x);
    const std::vector<Row> head =
        file_.FindTensor("output.weight") ? Matrix("output.weight") : embedding;
    std::vector<Row> logits;
    for (const Row& row : x) logits.push_back(Times(head, Norm(row, "output_norm.weight")));
    return logits;
  }

 private:
  std::vector<Row> Matrix(const std::string& name) {
    const GgufTensor* tensor = file_.FindTensor(name);
    std::vector<float> values(tensor->rows * tensor->columns);
    Dequantise(tensor->type, tensor->bytes.data(), values);
    std::vector<Row> rows;
    for (uint64_t r = 0; r < tensor->rows; ++r) {
      rows.emplace_back(values.begin() + r * tensor->columns,
                        values.begin() + (r + 1) * tensor->columns);
    }
    return rows;
  }

  static Row Times(const std::vector<Row>& matrix, const Row& x) {
    Row y;
    for (const Row& row : matrix) {
      double sum = 0;
      for (size_t i = 0; i < x.size(); ++i) sum += row[i] * x[i];
      y.push_back(sum);
    }
    return y;
  }

  Row Norm(const Row& x, const std::string& name) {
    double square = 0;
    for (double v : x) square += v * v;
    const double scale = 1 / std::sqrt(square / static_cast<double>(x.size()) + c_.rms_epsilon);
    const Row weight = Matrix(name)[0];
    Row y;
    for (size_t i = 0; i < x.size(); ++i) y.push_back(x[i] * scale * weight[i]);
    return y;
  }

  // In the file's own order of dimensions.
  void Rotate(double* head, int position, bool local) {
    const double base = local ? c_.local_rope_base : c_.rope_base;
    for (int i = 0; i < c_.rope_dims / 2; ++i) {
      const double angle = position * std::pow(base, -2.0 * i / c_.rope_dims);
      double& a = head[c_.rope_pairs_adjacent ? 2 * i : i];
      double& b = head[c_.rope_pairs_adjacent ? 2 * i + 1 : i + c_.rope_dims / 2];
      const double turned = a * std::cos(angle) - b * std::sin(angle);
      b = a * std::sin(angle) + b * std::cos(angle);
      a = turned;
    }
  }

  Row Project(const std::string& name, const Row& x) {
    Row y = Times(Matrix(name + ".weight"), x);
    if (file_.FindTensor(name + ".bias")) {
      const Row bias = Matrix(name + ".bias")[0];
      for (size_t i = 0; i < y.size(); ++i) y[i] += bias[i];
    }
    return y;
  }

  void PlaceHeads(Row& heads, const std::string& norm, int position, bool local) {
    for (size_t at = 0; at < heads.size(); at += c_.head_dim) {
      if (file_.FindTensor(norm)) {
        const Row normed = Norm(Row(heads.begin() + at, heads.begin() + at + c_.head_dim), norm);
        std::copy(normed.begin(), normed.end(), heads.begin() + at);
      }
      Rotate(heads.data() + at, position, local);
    }
  }

  void Layer(int layer, std::vector<Row>& x) {
    const std::string p = "blk." + std::to_string(layer) + ".";
    const bool local = c_.IsLocal(layer);
    std::vector<Row> q, k, v;
    for (size_t t = 0; t < x.size(); ++t) {
      const Row normed = Norm(x[t], p + "attn_norm.weight");
      q.push_back(Project(p + "attn_q", normed));
      k.push_back(Project(p + "attn_k", normed));
      v.push_back(Project(p + "attn_v", normed));
      PlaceHeads(q[t], p + "attn_q_norm.weight", static_cast<int>(t), local);
      PlaceHeads(k[t], p + "attn_k_norm.weight", static_cast<int>(t), local);
    }
    for (size_t t = 0; t < x.size(); ++t) {
      Row mixed(c_.heads * c_.head_dim);
      for (int h = 0; h < c_.heads; ++h) {
        const int kv = h / (c_.heads / c_.kv_heads) * c_.head_dim;
        const size_t begin =
            local && t + 1 > static_cast<size_t>(c_.window) ? t + 1 - c_.window : 0;
        Row weights;
        double total = 0;
        for (size_t s = begin; s <= t; ++s) {
          double score = 0;
          for (int d = 0; d < c_.head_dim; ++d) score += q[t][h * c_.head_dim + d] * k[s][kv + d];
          weights.push_back(std::exp(score / std::sqrt(static_cast<double>(c_.head_dim))));
          total += weights.back();
        }
        for (size_t s = begin; s <= t; ++s) {
          for (int d = 0; d < c_.head_dim; ++d) {
            mixed[h * c_.head_dim + d] += weights[s - begin] / total * v[s][kv + d];
          }
        }
      }
      AddTo(x[t], Times(Matrix(p + "attn_output.weight"), mixed), p + "post_attention_norm.weight");
      const Row normed = Norm(x[t], p + "ffn_norm.weight");
      Row hidden = Times(Matrix(p + "ffn_gate.weight"), normed);
      const Row up = Times(Matrix(p + "ffn_up.weight"), normed);
      for (size_t i = 0; i < hidden.size(); ++i) {
        const double g = hidden[i];
        const double tanh = std::tanh(0.7978845608028654 * (g + 0.044715 * g * g * g));
        hidden[i] = (c_.gelu ? 0.5 * g * (1 + tanh) : g / (1 + std::exp(-g))) * up[i];
      }
      AddTo(x[t], Times(Matrix(p + "ffn_down.weight"), hidden), p + "post_ffw_norm.weight");
    }
  }

  void AddTo(Row& x, Row added, const std::string& norm) {
    if (file_.FindTensor(norm)) added = Norm(added, norm);
    for (size_t i = 0; i < x.size(); ++i) x[i] += added[i];
  }

  const GgufFile& file_;
  const ModelConfig c_;
};

}  // namespace

std::vector<std::vector<double>> PlainLogits(const GgufFile& file,
                                             const std::vector<int32_t>& tokens) {
  return PlainModel(file).Logits(tokens);
}

}  // namespace frontdesk::llm
