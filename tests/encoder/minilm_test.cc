// all-MiniLM-L6-v2 itself: ids and a few numbers of our own sentences, computed once in
// F32 by this encoder after its vectors agreed with the reference runtime to 0.9999999.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "llm/encoder/encoder.h"

namespace frontdesk::llm {
namespace {

std::string ModelDirectory() {
  const char* models = std::getenv("FRONTDESK_MODELS");
  const char* home = std::getenv("HOME");
  const std::string root =
      models != nullptr ? models
                        : std::string(home != nullptr ? home : "") + "/.cache/frontdesk/models";
  return root + "/all-minilm-l6-v2";
}

struct Fact {
  const char* text;
  std::vector<std::int32_t> ids;
  std::vector<float> values;  // at kPlaces
};
constexpr int kPlaces[] = {0, 1, 2, 100, 200, 300, 383};

const std::vector<Fact>& Facts() {
  static const std::vector<Fact> facts = {
      {"The blue tent leaks at the seam.",
       {101, 1996, 2630, 9311, 29324, 2012, 1996, 25180, 1012, 102},
       {-0.038863f, 0.126685f, 0.094971f, -0.049105f, 0.060596f, -0.018570f, 0.046745f}},
      {"My tent lets water in.",
       {101, 2026, 9311, 11082, 2300, 1999, 1012, 102},
       {0.046137f, 0.077506f, 0.004519f, -0.004918f, 0.014359f, 0.058266f, -0.018319f}},
      {"Please cancel my subscription.",
       {101, 3531, 17542, 2026, 15002, 1012, 102},
       {-0.015963f, -0.052251f, 0.051474f, 0.003138f, 0.015014f, 0.005186f, -0.104861f}},
      {"Où est ma commande n° 48213 ?",
       {101, 15068, 9765, 5003, 3094, 2063, 1050, 7737, 4466, 17465, 2509, 1029, 102},
       {-0.093565f, 0.029395f, -0.034203f, 0.064578f, 0.072980f, 0.009375f, -0.060691f}},
  };
  return facts;
}

float Dot(const std::vector<float>& a, const std::vector<float>& b) {
  float dot = 0;
  for (std::size_t i = 0; i < a.size(); ++i) dot += a[i] * b[i];
  return dot;
}

class MiniLmTest : public testing::TestWithParam<EncoderPrecision> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(ModelDirectory() + "/model.safetensors"))
        << ModelDirectory() << " has no model: run scripts/fetch_models.sh";
    auto encoder = Encoder::Load(ModelDirectory(), {.precision = GetParam(), .cached_texts = 0});
    ASSERT_TRUE(encoder.ok()) << encoder.status();
    encoder_ = std::move(*encoder);
  }

  std::unique_ptr<Encoder> encoder_;
};

TEST_P(MiniLmTest, AgreesWithTheFacts) {
  std::vector<std::string> texts;
  for (const Fact& fact : Facts()) texts.push_back(fact.text);
  const auto vectors = encoder_->Embed(texts);
  ASSERT_TRUE(vectors.ok()) << vectors.status();
  const float tolerance = GetParam() == EncoderPrecision::kF32 ? 2e-6f : 0.02f;
  for (std::size_t f = 0; f < texts.size(); ++f) {
    EXPECT_EQ(encoder_->Tokenize(texts[f]), Facts()[f].ids) << texts[f];
    ASSERT_EQ((*vectors)[f].size(), 384u);
    for (std::size_t p = 0; p < std::size(kPlaces); ++p) {
      EXPECT_NEAR((*vectors)[f][kPlaces[p]], Facts()[f].values[p], tolerance) << texts[f];
    }
  }
  EXPECT_NEAR(Dot((*vectors)[0], (*vectors)[1]), 0.534, 0.02);   // the same complaint
  EXPECT_NEAR(Dot((*vectors)[0], (*vectors)[2]), -0.024, 0.02);  // another matter
}

TEST_P(MiniLmTest, InstructionSetsAgreeBitByBit) {
  const std::vector<std::string> texts = {Facts()[0].text, Facts()[3].text};
  const auto expected = *encoder_->Features(texts);
  for (const auto isa : {EncoderIsa::kPortable, EncoderIsa::kAvx2, EncoderIsa::kAvx512Vnni}) {
    const auto other = Encoder::Load(
        ModelDirectory(), {.precision = GetParam(), .threads = 2, .cached_texts = 0, .isa = isa});
    if (other.status().code() == absl::StatusCode::kUnimplemented) {
      std::printf("SKIPPED instruction set %d: not in this processor\n", static_cast<int>(isa));
      continue;
    }
    ASSERT_TRUE(other.ok()) << other.status();
    EXPECT_EQ(*(*other)->Features(texts), expected) << static_cast<int>(isa);
  }
}

TEST_P(MiniLmTest, TruncatesAt256Tokens) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "tent ";
  EXPECT_EQ(encoder_->Tokenize(text).size(), 256u);
  const std::vector<std::string> pair = {text, text + " and more that nobody reads"};
  const auto vectors = *encoder_->Embed(pair);
  EXPECT_EQ(vectors[0], vectors[1]);
}

INSTANTIATE_TEST_SUITE_P(Precisions, MiniLmTest,
                         testing::Values(EncoderPrecision::kF32, EncoderPrecision::kInt8),
                         [](const auto& info) {
                           return info.param == EncoderPrecision::kF32 ? "F32" : "Int8";
                         });

}  // namespace
}  // namespace frontdesk::llm
