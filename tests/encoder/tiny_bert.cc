#include "tests/encoder/tiny_bert.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace frontdesk::llm::encoder {
namespace {

using Matrix = std::vector<std::vector<double>>;

void Normalise(std::vector<double>& row, const std::vector<float>& gain,
               const std::vector<float>& bias) {
  double mean = 0, variance = 0;
  for (const double v : row) mean += v / row.size();
  for (const double v : row) variance += (v - mean) * (v - mean) / row.size();
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = (row[i] - mean) / std::sqrt(variance + 1e-12) * gain[i] + bias[i];
  }
}

}  // namespace

TinyBert::TinyBert(std::uint64_t seed) {
  vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]"};
  for (char c = 'a'; c <= 'z'; ++c) vocabulary.push_back(std::string(1, c));
  for (char c = 'a'; c <= 'z'; ++c) vocabulary.push_back(std::string("##") + c);
  for (const char* word : {"order", "where", "is", "my", "##s", "?", ".", "##ing"}) {
    vocabulary.push_back(word);
  }
  std::uint64_t state = seed * 2654435769u + 88172645463325252ull;
  const auto next = [&] {  // xorshift, -1 .. 1
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<double>(state >> 11) / 9007199254740992.0 * 2 - 1;
  };
  const auto add = [&](const std::string& name, std::vector<std::int64_t> shape, double scale,
                       double offset) {
    std::int64_t count = 1;
    for (const auto dimension : shape) count *= dimension;
    std::vector<float>& values = tensors[name];
    for (std::int64_t i = 0; i < count; ++i) {
      values.push_back(static_cast<float>(next() * scale + offset));
    }
    shapes[name] = std::move(shape);
  };
  const auto dense = [&](const std::string& name, int rows, int columns) {
    add(name + ".weight", {rows, columns}, 0.3, 0);
    add(name + ".bias", {rows}, 0.1, 0);
  };
  const auto norm = [&](const std::string& name) {
    add(name + ".weight", {kWidth}, 0.2, 1);
    add(name + ".bias", {kWidth}, 0.1, 0);
  };
  add("embeddings.word_embeddings.weight", {static_cast<std::int64_t>(vocabulary.size()), kWidth},
      1, 0);
  add("embeddings.position_embeddings.weight", {kPositions, kWidth}, 0.3, 0);
  add("embeddings.token_type_embeddings.weight", {2, kWidth}, 0.2, 0);
  norm("embeddings.LayerNorm");
  for (int l = 0; l < kLayers; ++l) {
    const std::string layer = "encoder.layer." + std::to_string(l) + ".";
    for (const char* part : {"query", "key", "value"}) {
      dense(layer + "attention.self." + part, kWidth, kWidth);
    }
    dense(layer + "attention.output.dense", kWidth, kWidth);
    norm(layer + "attention.output.LayerNorm");
    dense(layer + "intermediate.dense", kInner, kWidth);
    dense(layer + "output.dense", kWidth, kInner);
    norm(layer + "output.LayerNorm");
  }
}

std::string TinyBert::Safetensors() const {
  nlohmann::json header = {{"__metadata__", {{"format", "pt"}}}};
  std::string bytes;
  for (const auto& [name, values] : tensors) {
    const std::size_t begin = bytes.size();
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    header[name] = {
        {"dtype", "F32"}, {"shape", shapes.at(name)}, {"data_offsets", {begin, bytes.size()}}};
  }
  const std::string text = header.dump();
  std::string file;
  for (int i = 0; i < 8; ++i) file.push_back(static_cast<char>(text.size() >> (8 * i)));
  return file + text + bytes;
}

void TinyBert::WriteTo(const std::string& directory) const {
  std::filesystem::create_directories(directory);
  std::ofstream(directory + "/model.safetensors", std::ios::binary) << Safetensors();
  std::ofstream words(directory + "/vocab.txt");
  for (const std::string& piece : vocabulary) words << piece << "\n";
  const nlohmann::json config = {
      {"vocab_size", vocabulary.size()}, {"max_position_embeddings", kPositions},
      {"hidden_size", kWidth},           {"num_attention_heads", kHeads},
      {"intermediate_size", kInner},     {"num_hidden_layers", kLayers},
      {"layer_norm_eps", 1e-12},         {"hidden_act", "gelu"}};
  std::ofstream(directory + "/config.json") << config.dump();
}

std::vector<double> TinyBert::Embed(const std::vector<std::int32_t>& ids, int layers) const {
  const auto at = [&](const std::string& name) -> const std::vector<float>& {
    return tensors.at(name);
  };
  const auto dense = [&](const Matrix& x, const std::string& name) {
    const auto &weight = at(name + ".weight"), &bias = at(name + ".bias");
    Matrix out(x.size(), std::vector<double>(bias.begin(), bias.end()));
    for (std::size_t t = 0; t < x.size(); ++t) {
      for (std::size_t o = 0; o < bias.size(); ++o) {
        for (std::size_t k = 0; k < x[t].size(); ++k) {
          out[t][o] += x[t][k] * weight[o * x[t].size() + k];
        }
      }
    }
    return out;
  };
  Matrix x(ids.size(), std::vector<double>(kWidth));
  for (std::size_t t = 0; t < ids.size(); ++t) {
    for (int d = 0; d < kWidth; ++d) {
      x[t][d] = double{at("embeddings.word_embeddings.weight")[ids[t] * kWidth + d]} +
                at("embeddings.position_embeddings.weight")[t * kWidth + d] +
                at("embeddings.token_type_embeddings.weight")[d];
    }
    Normalise(x[t], at("embeddings.LayerNorm.weight"), at("embeddings.LayerNorm.bias"));
  }
  const auto add = [&](const Matrix& delta, const std::string& norm) {
    for (std::size_t t = 0; t < x.size(); ++t) {
      for (int d = 0; d < kWidth; ++d) x[t][d] += delta[t][d];
      Normalise(x[t], at(norm + ".weight"), at(norm + ".bias"));
    }
  };
  constexpr int kHeadWidth = kWidth / kHeads;
  for (int l = 0; l < layers; ++l) {
    const std::string layer = "encoder.layer." + std::to_string(l) + ".";
    const Matrix q = dense(x, layer + "attention.self.query");
    const Matrix k = dense(x, layer + "attention.self.key");
    const Matrix v = dense(x, layer + "attention.self.value");
    Matrix context(x.size(), std::vector<double>(kWidth));
    for (int h = 0; h < kHeads; ++h) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        std::vector<double> weight(x.size());
        double total = 0;
        for (std::size_t j = 0; j < x.size(); ++j) {
          double score = 0;
          for (int d = h * kHeadWidth; d < (h + 1) * kHeadWidth; ++d) score += q[i][d] * k[j][d];
          total += weight[j] = std::exp(score / std::sqrt(double{kHeadWidth}));
        }
        for (std::size_t j = 0; j < x.size(); ++j) {
          for (int d = h * kHeadWidth; d < (h + 1) * kHeadWidth; ++d) {
            context[i][d] += weight[j] / total * v[j][d];
          }
        }
      }
    }
    add(dense(context, layer + "attention.output.dense"), layer + "attention.output.LayerNorm");
    Matrix inner = dense(x, layer + "intermediate.dense");
    for (auto& row : inner) {
      for (double& value : row) value *= 0.5 * (1 + std::erf(value / std::sqrt(2.0)));
    }
    add(dense(inner, layer + "output.dense"), layer + "output.LayerNorm");
  }
  std::vector<double> mean(kWidth);
  double squares = 0;
  for (int d = 0; d < kWidth; ++d) {
    for (const auto& row : x) mean[d] += row[d] / static_cast<double>(x.size());
    squares += mean[d] * mean[d];
  }
  for (double& value : mean) value /= std::sqrt(squares);
  return mean;
}

}  // namespace frontdesk::llm::encoder
