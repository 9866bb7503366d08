// The weights of a BERT encoder, packed for the kernels.
//
// Word embeddings stay in the mapped file and are read row by row; every other
// tensor is copied into packed groups, in F32 or int8, after which the file's
// pages are given back. Immutable after Load, hence thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/encoder/encoder.h"
#include "llm/encoder/kernels.h"
#include "llm/encoder/mapped_file.h"
#include "llm/kernels/weight_arena.h"

namespace frontdesk::llm::encoder {

// What config.json fixes.
struct BertShape {
  int vocabulary = 0;  // rows of the word embeddings
  int positions = 0;   // longest text in tokens
  int width = 0;       // of the hidden state, a multiple of 16
  int heads = 0;       // width / heads is a multiple of 16
  int inner = 0;       // width of the feed-forward layer, a multiple of 16
  int layers = 0;
  float epsilon = 0;  // of the layer norms
};

// Errors: INVALID_ARGUMENT (no JSON, a number missing or out of range),
// UNIMPLEMENTED (an activation other than gelu, widths the kernels cannot take).
absl::StatusOr<BertShape> ParseBertConfig(std::string_view json, std::string_view name);

// One matrix [outputs, inputs] with its bias, in one of the two forms. The weights' memory belongs to
// an arena that outlives the matrix.
class PackedMatrix {
 public:
  // weights: row-major [outputs, inputs], bias: [outputs].
  // Errors: RESOURCE_EXHAUSTED (the arena is too small).
  static absl::StatusOr<PackedMatrix> F32(std::span<const std::vector<float>> rows,
                                          std::vector<float> bias, WeightArena& arena);
  // Per-output symmetric: scale = largest |w| / 127, q = round to nearest even.
  static absl::StatusOr<PackedMatrix> Int8(std::span<const std::vector<float>> rows,
                                           std::vector<float> bias, bool plus_128,
                                           WeightArena& arena);

  GroupsF32 f32() const;
  GroupsInt8 int8() const;
  int outputs() const { return outputs_; }
  int inputs() const { return inputs_; }

 private:
  int outputs_ = 0, inputs_ = 0;
  std::uint8_t* memory_ = nullptr;
  std::vector<float> scale_, bias_;
};

struct BertLayer {
  PackedMatrix query_key_value;                                           // [3 width, width]
  PackedMatrix attention_out;                                             // [width, width]
  PackedMatrix inner;                                                     // [inner, width]
  PackedMatrix out;                                                       // [width, inner]
  std::vector<float> attention_gain, attention_bias, out_gain, out_bias;  // [width]
};

class BertWeights {
 public:
  // file: the safetensors file, kept mapped.
  // Errors: those of Safetensors::Parse and FindF32; RESOURCE_EXHAUSTED (no memory).
  static absl::StatusOr<BertWeights> Load(MappedFile file, std::string_view name,
                                          const BertShape& shape, EncoderPrecision precision,
                                          bool plus_128);

  const BertShape& shape() const { return shape_; }
  EncoderPrecision precision() const { return precision_; }
  std::span<const BertLayer> layers() const { return layers_; }

  // out [width] = word + (position + token type 0) embedding. id < vocabulary.
  void EmbedToken(std::int32_t id, int position, float* out) const;
  const float* embedding_gain() const { return embedding_gain_.data(); }
  const float* embedding_bias() const { return embedding_bias_.data(); }

 private:
  BertWeights(MappedFile file, WeightArena arena)
      : file_(std::move(file)), arena_(std::move(arena)) {}

  MappedFile file_;
  WeightArena arena_;  // the packed matrices
  BertShape shape_;
  EncoderPrecision precision_ = EncoderPrecision::kInt8;
  std::span<const std::uint8_t> words_;  // [vocabulary, width] F32, in file_
  std::vector<float> positions_;         // [positions, width], token type 0 added
  std::vector<float> embedding_gain_, embedding_bias_;
  std::vector<BertLayer> layers_;
};

}  // namespace frontdesk::llm::encoder
