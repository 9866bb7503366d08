#include "llm/encoder/bert_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llm/encoder/safetensors.h"

namespace frontdesk::llm::encoder {
namespace {

using Rows = std::vector<std::vector<float>>;

std::vector<float> CopyFloats(std::span<const std::uint8_t> bytes) {
  std::vector<float> result(bytes.size() / sizeof(float));
  std::memcpy(result.data(), bytes.data(), result.size() * sizeof(float));
  return result;
}

// Reads named tensors, keeping the first error so that callers can check once.
class TensorReader {
 public:
  explicit TensorReader(const Safetensors& tensors) : tensors_(tensors) {}

  std::vector<float> Vector(const std::string& name, int length) {
    const auto bytes = tensors_.FindF32(name, {length});
    if (!bytes.ok()) return Fail(bytes.status()), std::vector<float>(length);
    return CopyFloats(*bytes);
  }

  // Appends the rows of a [rows, columns] matrix to out.
  void Matrix(const std::string& name, int rows, int columns, Rows& out) {
    const auto bytes = tensors_.FindF32(name, {rows, columns});
    if (!bytes.ok()) Fail(bytes.status());
    const std::size_t row_bytes = static_cast<std::size_t>(columns) * sizeof(float);
    for (int r = 0; r < rows; ++r) {
      out.push_back(bytes.ok() ? CopyFloats(bytes->subspan(r * row_bytes, row_bytes))
                               : std::vector<float>(columns));
    }
  }

  const absl::Status& status() const { return status_; }

 private:
  void Fail(const absl::Status& status) { status_.Update(status); }

  const Safetensors& tensors_;
  absl::Status status_;
};

// Offset of weight (output, k) in groups of outputs that hold `together` inputs side by side.
std::size_t GroupOffset(int output, int k, int outputs, int inputs, int together) {
  const int group = output / kGroup * kGroup;
  const int width = std::min(kGroup, outputs - group);
  return static_cast<std::size_t>(group) * inputs +
         static_cast<std::size_t>(k / together) * width * together +
         static_cast<std::size_t>(output - group) * together + k % together;
}

// Bytes of all packed matrices of a model of this shape.
std::size_t PackedBytes(const BertShape& shape, EncoderPrecision precision) {
  const std::size_t width = shape.width, inner = shape.inner;
  constexpr std::size_t kMatrices = 4, kAlignment = 64;
  const std::size_t weights = 4 * width * width + 2 * width * inner;
  return shape.layers * (weights * (precision == EncoderPrecision::kF32 ? sizeof(float) : 1) +
                         kMatrices * kAlignment);
}

}  // namespace

absl::StatusOr<BertShape> ParseBertConfig(std::string_view json, std::string_view name) {
  const auto config = nlohmann::json::parse(json.begin(), json.end(), nullptr, false);
  const std::string where(name);
  if (!config.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": not a JSON object; fetch it again"));
  }
  BertShape shape;
  const std::pair<const char*, int*> numbers[] = {
      {"vocab_size", &shape.vocabulary},   {"max_position_embeddings", &shape.positions},
      {"hidden_size", &shape.width},       {"num_attention_heads", &shape.heads},
      {"intermediate_size", &shape.inner}, {"num_hidden_layers", &shape.layers}};
  for (const auto& [key, number] : numbers) {
    const auto found = config.find(key);
    if (found == config.end() || !found->is_number_unsigned() ||
        found->get<std::uint64_t>() - 1 >= (1u << 20)) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": ", key, " is missing or not between 1 and 2^20"));
    }
    *number = found->get<int>();
  }
  const auto epsilon = config.find("layer_norm_eps");
  shape.epsilon = epsilon != config.end() && epsilon->is_number() ? epsilon->get<float>() : 1e-12f;
  const auto activation = config.find("hidden_act");
  if (activation != config.end() && *activation != "gelu") {
    return absl::UnimplementedError(absl::StrCat(where, ": hidden_act is not gelu"));
  }
  if (shape.width % shape.heads != 0 || shape.width / shape.heads % kLanes != 0 ||
      shape.inner % kLanes != 0 || shape.width > 8192 || shape.inner > 32768 || shape.layers > 96) {
    return absl::UnimplementedError(
        absl::StrCat(where,
                     ": hidden_size / num_attention_heads and intermediate_size must be "
                     "multiples of 16, at most 8192 and 32768 wide, 96 layers"));
  }
  return shape;
}

absl::StatusOr<PackedMatrix> PackedMatrix::F32(std::span<const std::vector<float>> rows,
                                               std::vector<float> bias, WeightArena& arena) {
  PackedMatrix matrix;
  matrix.outputs_ = static_cast<int>(rows.size());
  matrix.inputs_ = static_cast<int>(rows.front().size());
  matrix.bias_ = std::move(bias);
  const auto memory = arena.Take(rows.size() * rows.front().size() * sizeof(float));
  if (!memory.ok()) return memory.status();
  matrix.memory_ = *memory;
  auto* weights = reinterpret_cast<float*>(matrix.memory_);
  for (int o = 0; o < matrix.outputs_; ++o) {
    for (int k = 0; k < matrix.inputs_; ++k) {
      weights[GroupOffset(o, k, matrix.outputs_, matrix.inputs_, 1)] = rows[o][k];
    }
  }
  return matrix;
}

absl::StatusOr<PackedMatrix> PackedMatrix::Int8(std::span<const std::vector<float>> rows,
                                                std::vector<float> bias, bool plus_128,
                                                WeightArena& arena) {
  PackedMatrix matrix;
  matrix.outputs_ = static_cast<int>(rows.size());
  matrix.inputs_ = static_cast<int>(rows.front().size());
  matrix.bias_ = std::move(bias);
  const auto memory = arena.Take(rows.size() * rows.front().size());
  if (!memory.ok()) return memory.status();
  matrix.memory_ = *memory;
  for (int o = 0; o < matrix.outputs_; ++o) {
    float largest = 0;
    for (const float w : rows[o]) largest = std::max(largest, std::fabs(w));
    const float inverse = largest > 0 ? 127.0f / largest : 0.0f;
    matrix.scale_.push_back(largest * (1.0f / 127.0f));
    for (int k = 0; k < matrix.inputs_; ++k) {
      const int q = static_cast<int>(std::nearbyint(rows[o][k] * inverse)) + (plus_128 ? 128 : 0);
      matrix.memory_[GroupOffset(o, k, matrix.outputs_, matrix.inputs_, 4)] =
          static_cast<std::uint8_t>(q);
    }
  }
  return matrix;
}

GroupsF32 PackedMatrix::f32() const {
  return {reinterpret_cast<const float*>(memory_), bias_.data(), outputs_, inputs_};
}

GroupsInt8 PackedMatrix::int8() const {
  return {memory_, scale_.data(), bias_.data(), outputs_, inputs_};
}

absl::StatusOr<BertWeights> BertWeights::Load(MappedFile file, std::string_view name,
                                              const BertShape& shape, EncoderPrecision precision,
                                              bool plus_128) {
  auto arena = WeightArena::Reserve(PackedBytes(shape, precision));
  if (!arena.ok()) return arena.status();
  BertWeights weights(std::move(file), *std::move(arena));
  auto tensors = Safetensors::Parse(weights.file_.bytes(), name);
  if (!tensors.ok()) return tensors.status();
  weights.shape_ = shape;
  weights.precision_ = precision;
  const auto words =
      tensors->FindF32("embeddings.word_embeddings.weight", {shape.vocabulary, shape.width});
  if (!words.ok()) return words.status();
  weights.words_ = *words;

  TensorReader reader(*tensors);
  absl::Status packing;
  const auto pack = [&](std::span<const std::string> names, int rows, int columns) {
    Rows matrix;
    std::vector<float> bias;
    for (const std::string& part : names) {
      reader.Matrix(part + ".weight", rows, columns, matrix);
      const std::vector<float> part_bias = reader.Vector(part + ".bias", rows);
      bias.insert(bias.end(), part_bias.begin(), part_bias.end());
    }
    if (!reader.status().ok()) return PackedMatrix();  // and the arena stays untouched
    auto packed = precision == EncoderPrecision::kF32
                      ? PackedMatrix::F32(matrix, std::move(bias), weights.arena_)
                      : PackedMatrix::Int8(matrix, std::move(bias), plus_128, weights.arena_);
    packing.Update(packed.status());
    return packed.ok() ? *std::move(packed) : PackedMatrix();
  };

  Rows positions;
  reader.Matrix("embeddings.position_embeddings.weight", shape.positions, shape.width, positions);
  const auto types = tensors->tensors().find("embeddings.token_type_embeddings.weight");
  Rows type;
  if (types != tensors->tensors().end() && !types->second.shape.empty() &&
      types->second.shape[0] >= 1 && types->second.shape[0] <= 1024) {
    reader.Matrix(types->first, static_cast<int>(types->second.shape[0]), shape.width, type);
  } else {
    return absl::NotFoundError(
        absl::StrCat(std::string(name), ": no tensor embeddings.token_type_embeddings.weight"));
  }
  for (const std::vector<float>& row : positions) {
    for (int d = 0; d < shape.width; ++d) weights.positions_.push_back(row[d] + type[0][d]);
  }
  weights.embedding_gain_ = reader.Vector("embeddings.LayerNorm.weight", shape.width);
  weights.embedding_bias_ = reader.Vector("embeddings.LayerNorm.bias", shape.width);

  for (int l = 0; l < shape.layers && reader.status().ok(); ++l) {
    const std::string layer = absl::StrCat("encoder.layer.", l, ".");
    const std::string self = layer + "attention.self.";
    const std::string qkv[] = {self + "query", self + "key", self + "value"};
    const std::string attention_out[] = {layer + "attention.output.dense"};
    const std::string inner[] = {layer + "intermediate.dense"};
    const std::string out[] = {layer + "output.dense"};
    weights.layers_.push_back(
        {pack(qkv, shape.width, shape.width), pack(attention_out, shape.width, shape.width),
         pack(inner, shape.inner, shape.width), pack(out, shape.width, shape.inner),
         reader.Vector(layer + "attention.output.LayerNorm.weight", shape.width),
         reader.Vector(layer + "attention.output.LayerNorm.bias", shape.width),
         reader.Vector(layer + "output.LayerNorm.weight", shape.width),
         reader.Vector(layer + "output.LayerNorm.bias", shape.width)});
  }
  if (!reader.status().ok()) return reader.status();
  if (!packing.ok()) return packing;
  weights.file_.DropPages();
  weights.arena_.GatherPages();
  return weights;
}

void BertWeights::EmbedToken(std::int32_t id, int position, float* out) const {
  const std::size_t row_bytes = static_cast<std::size_t>(shape_.width) * sizeof(float);
  std::memcpy(out, words_.data() + static_cast<std::size_t>(id) * row_bytes, row_bytes);
  const float* at = positions_.data() + static_cast<std::size_t>(position) * shape_.width;
  for (int d = 0; d < shape_.width; ++d) out[d] = out[d] + at[d];
}

}  // namespace frontdesk::llm::encoder
