// GGUF files: what is read, and that nothing a file says can hurt.

#include "llm/gguf/gguf_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

using testing::HasSubstr;

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string ErrorOf(const std::string& bytes) {
  const auto file = GgufFile::Parse("test.gguf", Bytes(bytes));
  return file.ok() ? "" : std::string(file.status().message());
}

TEST(GgufFileTest, ReadsSettingsAndTensors) {
  const std::string bytes = SyntheticModel({});
  const auto file = GgufFile::Parse("test.gguf", Bytes(bytes));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(*(*file)->Text("general.architecture"), "llama");
  EXPECT_EQ(*(*file)->Unsigned("llama.block_count", 1, 10), 2u);
  EXPECT_EQ((*file)->Texts("tokenizer.ggml.tokens")->size(), size_t{kSyntheticVocabulary});
  EXPECT_EQ((*file)->Describe("tokenizer.ggml.tokens"), "300 texts");
  const GgufTensor* tensor = (*file)->FindTensor("blk.0.attn_q.weight");
  ASSERT_NE(tensor, nullptr);
  EXPECT_EQ(tensor->rows, 192u);
  EXPECT_EQ(tensor->columns, 256u);
  EXPECT_EQ(tensor->bytes.size(), 192u * 8 * 20);
  EXPECT_EQ((*file)->FindTensor("blk.9.attn_q.weight"), nullptr);
}

TEST(GgufFileTest, NamesTheSettingThatIsMissingOrWrong) {
  const std::string bytes = SyntheticModel({});
  const auto file = GgufFile::Parse("test.gguf", Bytes(bytes));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->Text("no.such").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT((*file)->Text("llama.block_count").status().message(), HasSubstr("is not a text"));
  EXPECT_THAT((*file)->Unsigned("llama.block_count", 3, 9).status().message(),
              HasSubstr("from 3 to 9"));
  EXPECT_FALSE((*file)->Boolean("general.name").ok());
  EXPECT_FALSE((*file)->Numbers("tokenizer.ggml.tokens").ok());
}

TEST(GgufFileTest, ReadsArraysOfNothing) {
  GgufWriter out;
  out.Reals("no.reals", {});
  out.Integers("no.integers", {});
  out.Texts("no.texts", {});
  const std::string bytes = out.Finish();
  const auto file = GgufFile::Parse("test.gguf", Bytes(bytes));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE((*file)->Numbers("no.reals").value().empty());
  EXPECT_TRUE((*file)->Integers("no.integers").value().empty());
  EXPECT_TRUE((*file)->Texts("no.texts").value().empty());
}

TEST(GgufFileTest, NamesWhatIsWrongWithAFile) {
  const auto with_tensor = [](std::vector<uint64_t> dims, uint32_t type, size_t bytes) {
    GgufWriter out;
    out.Tensor("w", dims, type, std::string(bytes, '\0'));
    return out.Finish();
  };
  GgufWriter twice;
  twice.Whole("a.b", 1);
  twice.Whole("a.b", 2);
  GgufWriter same_name;
  same_name.Tensor("w", {32}, 0, std::string(128, '\0'));
  same_name.Tensor("w", {32}, 0, std::string(128, '\0'));
  GgufWriter odd_alignment;
  odd_alignment.Whole("general.alignment", 48);
  std::string overlapping;
  {
    GgufWriter out;
    out.Tensor("one", {32}, 0, std::string(128, '\0'));
    out.Tensor("two", {32}, 0, std::string(128, '\0'));
    overlapping = out.Finish();
    const size_t at = overlapping.find("two") + 3 + 4 + 8 + 4;  // its offset
    const uint64_t offset = 96;
    std::memcpy(overlapping.data() + at, &offset, 8);
  }
  const struct {
    const char* name;
    std::string bytes;
    const char* says;
  } kCases[] = {
      {"empty", "", "not a GGUF file"},
      {"text", "hello, this is no model", "not a GGUF file"},
      {"old version", std::string("GGUF\x01\0\0\0", 8) + std::string(16, '\0'), "version 1"},
      {"setting twice", twice.Finish(), "is there twice"},
      {"tensor twice", same_name.Finish(), "is there twice"},
      {"no dimensions", with_tensor({}, 0, 32), "0 dimensions"},
      {"five dimensions", with_tensor({1, 1, 1, 1, 1}, 0, 32), "5 dimensions"},
      {"zero extent", with_tensor({0}, 0, 32), "dimension 0"},
      {"absurd extent", with_tensor({uint64_t{1} << 40}, 0, 32), "dimension 1099511627776"},
      {"rows overflow", with_tensor({32, 1u << 31, 1u << 31}, 0, 32), "more than 2^31 rows"},
      {"unknown format", with_tensor({32}, 99, 32), "number format 99"},
      {"part of a block", with_tensor({33}, 3, 64), "not a multiple of 32"},
      {"cut short", with_tensor({64}, 0, 32), "the file ends inside tensor w"},
      {"alignment", odd_alignment.Finish(), "not a power of two"},
      {"overlap", overlapping, "overlaps"},
  };
  for (const auto& c : kCases) EXPECT_THAT(ErrorOf(c.bytes), HasSubstr(c.says)) << c.name;
}

TEST(GgufFileTest, EveryTruncationIsAnError) {
  const std::string whole = SyntheticModel(
      {.layers = 1, .width = 32, .heads = 2, .kv_heads = 1, .head_dim = 16, .feed_forward = 32});
  ASSERT_EQ(ErrorOf(whole), "");
  for (size_t size = 0; size < whole.size(); size += size < 12000 ? 1 : 97) {
    // A copy of its own size, so that a sanitizer sees any read beyond it.
    const std::string cut = whole.substr(0, size);
    const bool only_padding_is_gone = whole.size() - size < 32;
    if (!only_padding_is_gone) {
      ASSERT_NE(ErrorOf(cut), "") << "cut to " << size;
    }
  }
}

TEST(GgufFileTest, EverySingleByteCorruptionIsSurvived) {
  const std::string whole = SyntheticModel(
      {.layers = 1, .width = 32, .heads = 2, .kv_heads = 1, .head_dim = 16, .feed_forward = 32});
  const size_t header = whole.find("blk.0.ffn_down.weight") + 60;
  int refused = 0;
  for (size_t at = 0; at < header; ++at) {
    for (int flip : {0x01, 0x80, 0xFF}) {
      std::string bent = whole;
      bent[at] = static_cast<char>(bent[at] ^ flip);
      refused += ErrorOf(bent) != "";
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(GgufFileTest, MissingFileIsNotFound) {
  EXPECT_EQ(GgufFile::Open("/no/such/model.gguf").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GgufFile::Open("/tmp").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(HalfTest, RoundTripsEveryHalfAndRoundsToNearestEven) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = HalfToFloat(static_cast<uint16_t>(bits));
    if (std::isnan(value)) continue;
    EXPECT_EQ(FloatToHalf(value), bits);
  }
  EXPECT_EQ(FloatToHalf(1.0f + 0x1p-11f), FloatToHalf(1.0f));  // tie to even
  EXPECT_EQ(FloatToHalf(1.0f + 3 * 0x1p-11f), FloatToHalf(1.0f + 0x1p-9f));
  EXPECT_EQ(FloatToHalf(65520.0f), 0x7C00);
  EXPECT_EQ(FloatToHalf(0x1p-25f), 0);
  EXPECT_EQ(FloatToHalf(0x1.8p-25f), 1);
}

}  // namespace
}  // namespace frontdesk::llm
