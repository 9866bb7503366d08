// The decoder against its plain twin, for every family and number format.

#include "llm/runtime/transformer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/llm/plain_model.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

std::unique_ptr<GgufFile> Parse(const std::string& bytes) {
  auto file =
      GgufFile::Parse("test.gguf", {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  EXPECT_TRUE(file.ok()) << file.status();
  return *std::move(file);
}

std::vector<float> AllLogits(Transformer& transformer, const std::vector<int32_t>& tokens) {
  KvPool pool(transformer.config(), 16 << 20);
  KvSequence sequence(pool);
  EXPECT_TRUE(sequence.Grow(static_cast<int>(tokens.size())).ok());
  std::vector<ForwardRow> rows;
  for (size_t i = 0; i < tokens.size(); ++i) {
    rows.push_back({tokens[i], static_cast<int>(i), &sequence, true});
  }
  std::vector<float> logits;
  EXPECT_TRUE(transformer.Forward(rows, logits).ok());
  return logits;
}

struct Case {
  const char* name;
  SyntheticShape shape;
  double tolerance;  // of the root mean square of the logits
};

class FamilyTest : public testing::TestWithParam<Case> {};

TEST_P(FamilyTest, LogitsAgreeWithThePlainTwin) {
  const std::string bytes = SyntheticModel(GetParam().shape);
  const auto file = Parse(bytes);
  auto transformer = Transformer::Load(*file, BestKernels(), 2);
  ASSERT_TRUE(transformer.ok()) << transformer.status();
  const std::vector<int32_t> tokens = {5, 17, 200, 33, 33, 264, 90, 91, 7, 100, 101, 4};
  const std::vector<float> logits = AllLogits(**transformer, tokens);
  const auto plain = PlainLogits(*file, tokens);
  double square = 0, error = 0;
  for (size_t t = 0; t < tokens.size(); ++t) {
    for (int i = 0; i < kSyntheticVocabulary; ++i) {
      const double d = logits[t * kSyntheticVocabulary + i] - plain[t][i];
      square += plain[t][i] * plain[t][i];
      error += d * d;
    }
  }
  EXPECT_LT(std::sqrt(error / square), GetParam().tolerance);
}

// Quantised activations cost about a percent; float weights only f16 keys and values.
INSTANTIATE_TEST_SUITE_P(
    All, FamilyTest,
    testing::Values(
        Case{"llama_F32",
             {.matrix_type = TensorType::kF32, .embedding_type = TensorType::kF32},
             2e-3},
        Case{"llama_F16",
             {.matrix_type = TensorType::kF16, .embedding_type = TensorType::kF16},
             2e-3},
        Case{"llama_BF16",
             {.matrix_type = TensorType::kBF16, .embedding_type = TensorType::kBF16},
             2e-3},
        Case{"llama_Q4_0", {.matrix_type = TensorType::kQ4_0, .heads = 8}, 0.04},
        Case{"llama_Q4_1", {.heads = 8}, 0.04},
        Case{"llama_Q5_0", {.matrix_type = TensorType::kQ5_0, .heads = 8}, 0.04},
        Case{"llama_Q5_1", {.matrix_type = TensorType::kQ5_1, .heads = 8}, 0.04},
        Case{"llama_Q8_0", {.matrix_type = TensorType::kQ8_0, .own_head = true}, 0.04},
        Case{"llama_Q4_K", {.matrix_type = TensorType::kQ4_K, .heads = 8}, 0.04},
        Case{"llama_Q5_K", {.matrix_type = TensorType::kQ5_K, .heads = 8}, 0.04},
        Case{"llama_Q6_K",
             {.matrix_type = TensorType::kQ6_K, .embedding_type = TensorType::kQ6_K, .heads = 8},
             0.04},
        Case{"llama_odd",
             {.matrix_type = TensorType::kF32,
              .embedding_type = TensorType::kF16,
              .width = 104,
              .heads = 5,
              .kv_heads = 5,
              .head_dim = 16,
              .feed_forward = 88},
             2e-3},
        Case{"qwen2",
             {.family = "qwen2",
              .matrix_type = TensorType::kF32,
              .embedding_type = TensorType::kF32},
             2e-3},
        Case{"qwen2_Q8_0", {.family = "qwen2", .matrix_type = TensorType::kQ8_0}, 0.04},
        Case{"qwen3",
             {.family = "qwen3",
              .matrix_type = TensorType::kF32,
              .embedding_type = TensorType::kF32,
              .head_dim = 48},
             2e-3},
        Case{"gemma3",
             {.family = "gemma3",
              .matrix_type = TensorType::kF32,
              .embedding_type = TensorType::kF32,
              .layers = 7,
              .window = 8},
             4e-3}),
    [](const testing::TestParamInfo<Case>& info) { return std::string(info.param.name); });

TEST(TransformerLoadTest, NamesWhatIsMissingOrMisshapen) {
  std::string bytes = SyntheticModel({});
  const size_t at = bytes.find("blk.1.ffn_up.weight");
  bytes[at + 4] = '7';
  const auto file = Parse(bytes);
  const auto transformer = Transformer::Load(*file, BestKernels(), 1);
  EXPECT_EQ(transformer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(transformer.status().message()),
              testing::HasSubstr("tensor blk.1.ffn_up.weight is missing"));
}

TEST(TransformerLoadTest, RefusesFamiliesItDoesNotRun) {
  const std::string bytes = SyntheticModel({.family = "mamba"});
  const auto file = Parse(bytes);
  EXPECT_EQ(Transformer::Load(*file, BestKernels(), 1).status().code(),
            absl::StatusCode::kUnimplemented);
}

TEST(TransformerTest, NonFiniteLogitsAreAnError) {
  // Weights so large that products overflow.
  SyntheticShape shape{.matrix_type = TensorType::kF32, .embedding_type = TensorType::kF32};
  std::string bytes = SyntheticModel(shape);
  const auto file = Parse(bytes);
  const GgufTensor* head = file->FindTensor("output_norm.weight");
  auto* numbers = reinterpret_cast<float*>(const_cast<uint8_t*>(head->bytes.data()));
  for (int i = 0; i < shape.width; ++i) numbers[i] = 3e38f;
  auto transformer = Transformer::Load(*file, BestKernels(), 1);
  ASSERT_TRUE(transformer.ok());
  KvPool pool((*transformer)->config(), 1 << 20);
  KvSequence sequence(pool);
  ASSERT_TRUE(sequence.Grow(1).ok());
  std::vector<float> logits;
  const ForwardRow row{1, 0, &sequence, true};
  EXPECT_EQ((*transformer)->Forward({&row, 1}, logits).code(), absl::StatusCode::kDataLoss);
}

// What overflows in an early layer would be gone after the next norm (x / infinity) and the
// rounding to bytes; it must still end the run.
TEST(TransformerTest, AnOverflowOnTheWayReachesTheEnd) {
  struct Place {
    const char* tensor;
    TensorType matrix_type;  // F32 multiplies floats, Q4_1 rounds to bytes before
  };
  for (const Place& place : {Place{"blk.0.ffn_down.weight", TensorType::kF32},
                             Place{"blk.0.ffn_up.weight", TensorType::kF32},
                             Place{"blk.0.attn_output.weight", TensorType::kF32},
                             Place{"blk.0.attn_k.weight", TensorType::kF32},
                             Place{"blk.0.attn_v.weight", TensorType::kF32},
                             Place{"blk.0.attn_norm.weight", TensorType::kQ4_1},
                             Place{"blk.0.ffn_norm.weight", TensorType::kQ4_1}}) {
    const std::string bytes = SyntheticModel({.matrix_type = place.matrix_type});
    const auto file = Parse(bytes);
    const GgufTensor* tensor = file->FindTensor(place.tensor);
    auto* numbers = reinterpret_cast<float*>(const_cast<uint8_t*>(tensor->bytes.data()));
    std::fill_n(numbers, tensor->bytes.size() / sizeof(float), 3e38f);
    auto transformer = Transformer::Load(*file, BestKernels(), 1);
    ASSERT_TRUE(transformer.ok()) << transformer.status();
    KvPool pool((*transformer)->config(), 1 << 20);
    KvSequence sequence(pool);
    ASSERT_TRUE(sequence.Grow(4).ok());
    std::vector<ForwardRow> rows;
    for (int i = 0; i < 4; ++i) rows.push_back({i + 1, i, &sequence, i == 3});
    std::vector<float> logits;
    EXPECT_EQ((*transformer)->Forward(rows, logits).code(), absl::StatusCode::kDataLoss)
        << place.tensor;
  }
}

}  // namespace
}  // namespace frontdesk::llm
