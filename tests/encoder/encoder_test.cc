// The encoder on a tiny model against its plain twin, and what must not change a vector.
#include "llm/encoder/encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/encoder/tiny_bert.h"

namespace frontdesk::llm::encoder {
namespace {

using Vectors = std::vector<std::vector<float>>;

class EncoderTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "/tiny_bert_" +
                 testing::UnitTest::GetInstance()->current_test_info()->name();
    model_.WriteTo(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<Encoder> Load(EncoderOptions options) {
    auto encoder = Encoder::Load(directory_, options);
    EXPECT_TRUE(encoder.ok()) << encoder.status();
    return encoder.ok() ? std::move(*encoder) : nullptr;
  }

  const TinyBert model_{7};
  std::string directory_;
};

// Of many lengths, so that tiles, panels and attention rows meet every remainder.
std::vector<std::string> Texts() {
  std::vector<std::string> texts = {"", "where is my order?", "orders", "zzz qqq ??", "é", "\xff"};
  for (int length = 1; length < 70; ++length) {
    std::string text;
    for (int i = 0; i < length; ++i) text += std::string(1, 'a' + (i * 7 + length) % 26) + " ";
    texts.push_back(text);
  }
  return texts;
}

double Cosine(const std::vector<float>& a, const std::vector<double>& b) {
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += a[i] * b[i];
    aa += double{a[i]} * a[i];
    bb += b[i] * b[i];
  }
  return dot / std::sqrt(aa * bb);
}

TEST_F(EncoderTest, AgreesWithThePlainTwin) {
  const struct {
    EncoderPrecision precision;
    double least;
  } cases[] = {{EncoderPrecision::kF32, 0.9999999}, {EncoderPrecision::kInt8, 0.998}};
  for (const auto& c : cases) {
    const auto encoder = Load({.precision = c.precision});
    ASSERT_EQ(encoder->dimensions(), TinyBert::kWidth);
    const std::vector<std::string> texts = Texts();
    const auto vectors = encoder->Embed(texts);
    ASSERT_TRUE(vectors.ok());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      EXPECT_GT(Cosine((*vectors)[i], model_.Embed(encoder->Tokenize(texts[i]))), c.least)
          << texts[i];
      double squares = 0;
      for (const float v : (*vectors)[i]) squares += double{v} * v;
      EXPECT_NEAR(squares, 1, 1e-5);
    }
  }
}

TEST_F(EncoderTest, FeaturesAreTheEmbeddingAndTheMiddleState) {
  const auto encoder = Load({.precision = EncoderPrecision::kF32});
  const std::vector<std::string> texts = Texts();
  const auto features = encoder->Features(texts);
  ASSERT_TRUE(features.ok());
  const auto embeddings = *encoder->Embed(texts);  // from the cache
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ((*features)[i].size(), 2u * TinyBert::kWidth);
    const auto middle = (*features)[i].begin() + TinyBert::kWidth;
    EXPECT_EQ(std::vector<float>((*features)[i].begin(), middle), embeddings[i]);
    const std::vector<float> state(middle, (*features)[i].end());
    const auto twin = model_.Embed(encoder->Tokenize(texts[i]), TinyBert::kLayers / 2);
    EXPECT_GT(Cosine(state, twin), 0.9999999) << texts[i];
    EXPECT_LT(Cosine(state, model_.Embed(encoder->Tokenize(texts[i]))), 0.99);
    double squares = 0;
    for (const float v : state) squares += double{v} * v;
    EXPECT_NEAR(squares, 1, 1e-5);
  }
}

TEST_F(EncoderTest, BitsDependOnTextAndPrecisionOnly) {
  for (const auto precision : {EncoderPrecision::kF32, EncoderPrecision::kInt8}) {
    const std::vector<std::string> texts = Texts();
    const auto plain =
        Load({.precision = precision, .cached_texts = 0, .isa = EncoderIsa::kPortable});
    Vectors one_by_one;
    for (const std::string& text : texts) {
      one_by_one.push_back((*plain->Features(std::vector<std::string>{text}))[0]);
    }
    for (const auto isa : {EncoderIsa::kPortable, EncoderIsa::kAvx2, EncoderIsa::kAvx512Vnni}) {
      for (const int threads : {1, 3}) {
        const EncoderOptions options = {
            .precision = precision, .threads = threads, .cached_texts = 0, .isa = isa};
        const auto encoder = Encoder::Load(directory_, options);
        if (encoder.status().code() == absl::StatusCode::kUnimplemented) {
          std::printf("SKIPPED instruction set %d: not in this processor\n", static_cast<int>(isa));
          continue;
        }
        ASSERT_TRUE(encoder.ok()) << encoder.status();
        EXPECT_EQ(*(*encoder)->Features(texts), one_by_one) << static_cast<int>(isa) << " " << threads;
        EXPECT_EQ((*encoder)->fingerprint(), plain->fingerprint());
      }
    }
  }
}

TEST_F(EncoderTest, CacheGivesTheSameBytesAndForgetsTheOldest) {
  const auto encoder = Load({.cached_texts = 2});
  const auto embed = [&](std::string text) {
    return (*encoder->Embed(std::vector<std::string>{std::move(text)}))[0];
  };
  const auto first = embed("a");
  EXPECT_EQ(embed("a"), first);
  EXPECT_EQ(encoder->counts().cache_hits, 1u);
  embed("b");
  embed("a");  // a is more recent than b
  embed("c");  // pushes b out
  EXPECT_EQ(encoder->counts().cache_hits, 2u);
  EXPECT_EQ(embed("a"), first);
  EXPECT_EQ(encoder->counts().cache_hits, 3u);
  embed("b");
  EXPECT_EQ(encoder->counts().cache_hits, 3u);
  EXPECT_EQ(encoder->counts().texts, 7u);
}

TEST_F(EncoderTest, ManyThreadsMayCallAtOnce) {
  const auto encoder = Load({.threads = 2, .cached_texts = 8});
  const std::vector<std::string> texts = Texts();
  const auto expected = *encoder->Embed(texts);
  std::vector<std::thread> callers;
  std::vector<Vectors> got(4);
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&, c] { got[c] = *encoder->Embed(texts); });
  }
  for (auto& caller : callers) caller.join();
  for (const Vectors& vectors : got) EXPECT_EQ(vectors, expected);
}

TEST_F(EncoderTest, PrecisionIsPartOfTheFingerprint) {
  EXPECT_NE(Load({.precision = EncoderPrecision::kF32})->fingerprint(),
            Load({.precision = EncoderPrecision::kInt8})->fingerprint());
}

TEST_F(EncoderTest, EmptyBatchGivesNothing) { EXPECT_TRUE(Load({})->Embed({})->empty()); }

TEST_F(EncoderTest, RefusesWhatIsBroken) {
  const auto status_after = [&](const std::string& file, const std::string& content) {
    model_.WriteTo(directory_);
    std::ofstream(directory_ + "/" + file, std::ios::binary) << content;
    return Encoder::Load(directory_).status();
  };
  EXPECT_EQ(status_after("config.json", "{").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status_after("config.json", "{\"hidden_size\": 32}").code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status_after("vocab.txt", "a\nb\n").code(), absl::StatusCode::kInvalidArgument);
  const std::string whole = model_.Safetensors();
  for (const std::size_t length : {std::size_t{0}, std::size_t{7}, std::size_t{100}}) {
    EXPECT_EQ(status_after("model.safetensors", whole.substr(0, length)).code(),
              absl::StatusCode::kDataLoss)
        << length;
  }
  // The last tensor's bytes are cut: its offsets lie outside the file.
  const auto cut = status_after("model.safetensors", whole.substr(0, whole.size() - 1));
  EXPECT_EQ(cut.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(cut.message().find("outside the file"), std::string::npos) << cut;
  EXPECT_EQ(Encoder::Load(directory_ + "/none").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Encoder::Load(directory_, {.threads = 0}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(EncoderTest, NamesAMissingTensor) {
  TinyBert broken = model_;
  broken.tensors.erase("encoder.layer.1.output.dense.bias");
  broken.WriteTo(directory_);
  const auto status = Encoder::Load(directory_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("encoder.layer.1.output.dense.bias"), std::string::npos);
}

}  // namespace
}  // namespace frontdesk::llm::encoder
