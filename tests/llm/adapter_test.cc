// LoRA adapters: an adapted model's logits are those of a plain model whose matrices hold the
// change; what cannot be an adapter of a base is refused; bits as everywhere.
#include "llm/runtime/adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "llm/local_model.h"
#include "tests/llm/plain_model.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

using testing::HasSubstr;

constexpr int kRank = 3;

SyntheticShape Base() {
  return {.matrix_type = TensorType::kQ8_0, .width = 64, .heads = 2, .kv_heads = 1, .head_dim = 32,
          .feed_forward = 96, .seed = 21};
}

std::string Floats(int count, TestRandom& random, float spread) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    const float value = random.Uniform(-spread, spread);
    bytes.append(reinterpret_cast<const char*>(&value), 4);
  }
  return bytes;
}

struct Matrix {
  std::string name;
  int rows, columns;
};
const std::vector<Matrix> kMatrices = {{"blk.0.attn_q.weight", 64, 64},
                                       {"blk.1.attn_v.weight", 32, 64},
                                       {"blk.1.ffn_down.weight", 64, 96}};

std::string AdapterFile(uint64_t seed, const std::function<void(GgufWriter&)>& more = nullptr,
                        const std::string& family = "llama", float alpha = 6) {
  TestRandom random(seed);
  GgufWriter out;
  out.Text("general.type", "adapter");
  out.Text("general.architecture", family);
  out.Text("adapter.type", "lora");
  out.Real("adapter.lora.alpha", alpha);
  for (const Matrix& m : kMatrices) {
    out.Tensor(m.name + ".lora_a", {static_cast<uint64_t>(m.columns), kRank}, 0,
               Floats(m.columns * kRank, random, 0.3f));
    out.Tensor(m.name + ".lora_b", {kRank, static_cast<uint64_t>(m.rows)}, 0,
               Floats(m.rows * kRank, random, 0.3f));
  }
  if (more) more(out);
  return out.Finish();
}

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// The base with the change added by plain loops, its changed matrices in F32.
std::string PlainlyAdapted(const std::string& base, const std::string& adapter) {
  const auto file = *GgufFile::Parse("base", Bytes(base));
  const auto lora = *GgufFile::Parse("lora", Bytes(adapter));
  GgufWriter out;
  SyntheticSettings(Base(), out);
  for (const GgufTensor& tensor : file->tensors()) {
    const std::string name(tensor.name);
    const GgufTensor* a = lora->FindTensor(name + ".lora_a");
    std::string bytes(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    std::vector<uint64_t> dims = {tensor.columns};
    if (tensor.rows > 1) dims.push_back(tensor.rows);
    if (a == nullptr) {
      out.Tensor(name, dims, static_cast<uint32_t>(tensor.type), bytes);
      continue;
    }
    const GgufTensor* b = lora->FindTensor(name + ".lora_b");
    std::vector<float> w(tensor.rows * tensor.columns), fa(a->rows * a->columns), fb(b->rows * b->columns);
    Dequantise(tensor.type, tensor.bytes.data(), w);
    Dequantise(a->type, a->bytes.data(), fa);
    Dequantise(b->type, b->bytes.data(), fb);
    for (uint64_t r = 0; r < tensor.rows; ++r) {
      for (uint64_t c = 0; c < tensor.columns; ++c) {
        double change = 0;
        for (int k = 0; k < kRank; ++k) change += double(fb[r * kRank + k]) * fa[k * tensor.columns + c];
        w[r * tensor.columns + c] += static_cast<float>(6.0 / kRank * change);
      }
    }
    out.Tensor(name, dims, 0, std::string(reinterpret_cast<const char*>(w.data()), w.size() * 4));
  }
  return out.Finish();
}

class AdapterTest : public testing::Test {
 protected:
  void SetUp() override { path_ = WriteTemporary("adapter_base.gguf", base_); }
  void TearDown() override { unlink(path_.c_str()); }
  std::unique_ptr<LocalModel> Load(const std::string& adapter, LocalModelOptions options = {}) {
    if (!adapter.empty()) options.adapter = *Adapter::Parse("a", adapter);
    auto model = LocalModel::Load(path_, options);
    EXPECT_TRUE(model.ok()) << model.status();
    return *std::move(model);
  }
  static TokenRequest Request() {
    TokenRequest request;
    for (int i = 0; i < 40; ++i) request.prompt.push_back(i * 29 % 250);
    request.max_tokens = 8;
    request.stop_at_end_of_turn = false;
    request.want_top = kSyntheticVocabulary;
    request.want_logit_hash = true;
    return request;
  }
  const std::string base_ = SyntheticModel(Base());
  std::string path_;
};

TEST_F(AdapterTest, IsTheChangeAddedToAPlainTwin) {
  const std::string adapter = AdapterFile(1);
  const std::string twin = PlainlyAdapted(base_, adapter);
  const auto plain_file = *GgufFile::Parse("twin", Bytes(twin));
  const TokenRequest request = Request();
  const std::vector<double> plain = PlainLogits(*plain_file, request.prompt).back();
  const TokenRun adapted = *Load(adapter)->RunTokens(request);
  const TokenRun bare = *Load("")->RunTokens(request);
  double spread = 0, worst = 0, moved = 0;
  for (double logit : plain) spread += logit * logit;
  spread = std::sqrt(spread / static_cast<double>(plain.size()));
  for (const auto& [id, logit] : adapted.top) worst = std::max(worst, std::abs(logit - plain[id]));
  for (const auto& [id, logit] : bare.top) moved = std::max(moved, std::abs(logit - plain[id]));
  EXPECT_LT(worst, 0.08 * spread);
  EXPECT_GT(moved, 0.5 * spread);  // the change is no small one
}

TEST_F(AdapterTest, BitsAndDigestDependOnTheFilesOnly) {
  const std::string adapter = AdapterFile(1);
  const auto one = Load(adapter, {.threads = 1});
  const auto two = Load(adapter, {.threads = 2});
  const auto other = Load(AdapterFile(2));
  const auto bare = Load("");
  TokenRequest request = Request();
  const TokenRun expected = *one->RunTokens(request);
  request.prompt_chunk = 7;
  EXPECT_EQ(two->RunTokens(request)->logit_hash, expected.logit_hash);
  EXPECT_NE(other->RunTokens(request)->logit_hash, expected.logit_hash);
  EXPECT_NE(bare->RunTokens(request)->logit_hash, expected.logit_hash);
  EXPECT_EQ(one->info().sha256, two->info().sha256);
  EXPECT_NE(one->info().sha256, other->info().sha256);
  EXPECT_NE(one->info().sha256, bare->info().sha256);
  EXPECT_EQ(one->info().sha256.size(), 64u);
}

TEST_F(AdapterTest, RefusesWhatDoesNotFit) {
  const auto parse = [](const std::string& bytes) {
    const auto adapter = Adapter::Parse("a.gguf", bytes);
    return adapter.ok() ? "" : std::string(adapter.status().message());
  };
  EXPECT_THAT(parse(base_), HasSubstr("no LoRA adapter"));
  EXPECT_THAT(parse("x"), HasSubstr("GGUF"));
  TestRandom random(5);
  EXPECT_THAT(parse(AdapterFile(1, [&](GgufWriter& out) {
                out.Tensor("blk.0.attn_k.weight.lora_a", {64, 3}, 0, Floats(192, random, 1));
              })),
              HasSubstr("other half"));
  EXPECT_THAT(parse(AdapterFile(1, [&](GgufWriter& out) {
                out.Tensor("blk.0.attn_k.weight.lora_a", {64, 3}, 0, Floats(192, random, 1));
                out.Tensor("blk.0.attn_k.weight.lora_b", {2, 32}, 0, Floats(64, random, 1));
              })),
              HasSubstr("ranks 3 and 2"));
  EXPECT_THAT(parse(AdapterFile(1, [&](GgufWriter& out) {
                out.Tensor("blk.0.attn_k.weight", {64, 3}, 0, Floats(192, random, 1));
              })),
              HasSubstr("no half"));
  EXPECT_THAT(parse(AdapterFile(1, [&](GgufWriter& out) {
                const float nan = std::numeric_limits<float>::quiet_NaN();
                std::string bytes(128, '\0');
                std::memcpy(bytes.data(), &nan, 4);
                out.Tensor("blk.0.attn_k.weight.lora_a", {32, 1}, 0, bytes);
                out.Tensor("blk.0.attn_k.weight.lora_b", {1, 32}, 0, bytes);
              })),
              HasSubstr("not finite"));

  const auto load = [&](const std::string& bytes) {
    return LocalModel::Load(path_, {.adapter = *Adapter::Parse("a.gguf", bytes)}).status();
  };
  EXPECT_THAT(load(AdapterFile(1, nullptr, "qwen2")).message(), HasSubstr("family qwen2"));
  EXPECT_THAT(load(AdapterFile(1,
                               [&](GgufWriter& out) {
                                 out.Tensor("blk.7.attn_k.weight.lora_a", {64, 1}, 0, Floats(64, random, 1));
                                 out.Tensor("blk.7.attn_k.weight.lora_b", {1, 32}, 0, Floats(32, random, 1));
                               }))
                  .message(),
              HasSubstr("blk.7.attn_k.weight"));
  const auto beyond_f16 = [&](GgufWriter& out) {
    out.Tensor("blk.0.attn_k.weight.lora_a", {64, 1}, 0, Floats(64, random, 1));
    out.Tensor("blk.0.attn_k.weight.lora_b", {1, 32}, 0, Floats(32, random, 1));
  };
  EXPECT_EQ(load(AdapterFile(1, beyond_f16, "llama", 1e6f)).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace frontdesk::llm
