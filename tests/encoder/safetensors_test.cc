// Headers that lie, and one that does not.
#include "llm/encoder/safetensors.h"

#include <gtest/gtest.h>

#include "tests/encoder/tiny_bert.h"

namespace frontdesk::llm::encoder {
namespace {

std::string File(std::string_view header, std::size_t data_bytes) {
  std::string file;
  for (int i = 0; i < 8; ++i) file.push_back(static_cast<char>(header.size() >> (8 * i)));
  return file + std::string(header) + std::string(data_bytes, '\1');
}

std::span<const std::uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(SafetensorsTest, ReadsTheExampleOfTheDocument) {
  const std::string file = File(R"({"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})", 24);
  const auto parsed = Safetensors::Parse(Bytes(file), "example");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_TRUE(parsed->FindF32("w", {2, 3}).ok());
  EXPECT_EQ(parsed->FindF32("w", {2, 3})->size(), 24u);
  EXPECT_EQ(parsed->FindF32("w", {3, 2}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(parsed->FindF32("v", {2, 3}).status().code(), absl::StatusCode::kNotFound);
}

TEST(SafetensorsTest, RefusesHostileHeaders) {
  const struct {
    const char* name;
    const char* header;
  } cases[] = {
      {"not json", "hello"},
      {"array", "[]"},
      {"entry is a number", R"({"w":3})"},
      {"no dtype", R"({"w":{"shape":[1],"data_offsets":[0,4]}})"},
      {"unknown dtype", R"({"w":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})"},
      {"no shape", R"({"w":{"dtype":"F32","data_offsets":[0,4]}})"},
      {"negative dimension", R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})"},
      {"fractional dimension", R"({"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})"},
      {"product overflows",
       R"({"w":{"dtype":"F32","shape":[1099511627776,1099511627776],"data_offsets":[0,0]}})"},
      {"offsets outside", R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})"},
      {"offsets reversed", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}})"},
      {"offsets beyond 2^63",
       R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,18446744073709551615]}})"},
      {"length disagrees", R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})"},
      {"one offset", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}})"},
      {"too many dimensions",
       R"({"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})"},
  };
  for (const auto& c : cases) {
    const std::string file = File(c.header, 8);
    EXPECT_EQ(Safetensors::Parse(Bytes(file), "x").status().code(),
              absl::StatusCode::kInvalidArgument)
        << c.name;
  }
}

TEST(SafetensorsTest, RefusesLengthsThatTheFileDoesNotHave) {
  EXPECT_EQ(Safetensors::Parse({}, "x").status().code(), absl::StatusCode::kDataLoss);
  std::string file = File("{}", 0);
  file[0] = 3;
  EXPECT_EQ(Safetensors::Parse(Bytes(file), "x").status().code(), absl::StatusCode::kDataLoss);
  file[7] = '\x7f';
  EXPECT_EQ(Safetensors::Parse(Bytes(file), "x").status().code(),
            absl::StatusCode::kInvalidArgument);
}

// Any single damaged byte of the header gives a status or a view inside the file.
TEST(SafetensorsTest, SurvivesEveryDamagedByte) {
  const std::string whole = TinyBert(3).Safetensors();
  const std::size_t header_end =
      8 + static_cast<unsigned char>(whole[0]) + 256u * static_cast<unsigned char>(whole[1]);
  for (std::size_t i = 0; i < header_end; i += 3) {
    for (const char damage : {'\0', '9', '"', '\xff'}) {
      std::string file = whole;
      file[i] = damage;
      const auto parsed = Safetensors::Parse(Bytes(file), "x");
      if (!parsed.ok()) continue;
      for (const auto& [name, view] : parsed->tensors()) {
        ASSERT_GE(view.bytes.data(), Bytes(file).data());
        ASSERT_LE(view.bytes.data() + view.bytes.size(), Bytes(file).data() + file.size());
      }
    }
  }
}

}  // namespace
}  // namespace frontdesk::llm::encoder
