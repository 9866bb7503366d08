#include "text/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace frontdesk::text {
namespace {

struct Case {
  const char* name;
  std::string bytes;
  bool valid;
  const char* offset;  // as the message names it, when not valid
};

TEST(Utf8, KnowsWellFormedFromIllFormed) {
  const Case cases[] = {
      {"empty", "", true, ""},
      {"ascii", "hello, world and more", true, ""},
      {"two bytes", "na\xC3\xAFve", true, ""},
      {"emoji", "\xF0\x9F\x98\x80", true, ""},
      {"last code point", "\xF4\x8F\xBF\xBF", true, ""},
      {"lone continuation", "abc\x80", false, "offset 3"},
      {"overlong slash", "\xC0\xAF", false, "offset 0"},
      {"overlong three", "\xE0\x80\xAF", false, "offset 0"},
      {"overlong four", "\xF0\x80\x80\xAF", false, "offset 0"},
      {"surrogate", "12345678\xED\xA0\x80", false, "offset 8"},
      {"above last", "\xF4\x90\x80\x80", false, "offset 0"},
      {"cut short", "ab\xE2\x82", false, "offset 2"},
      {"latin-1", "caf\xE9 today", false, "offset 3"},
      {"FF", "\xFF", false, "offset 0"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(IsValidUtf8(c.bytes), c.valid) << c.name;
    const absl::Status status = CheckUtf8(c.bytes, "message");
    EXPECT_EQ(status.ok(), c.valid) << c.name;
    if (!c.valid) {
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.name;
      EXPECT_NE(std::string(status.message()).find(c.offset), std::string::npos)
          << c.name << ": " << status;
    }
    EXPECT_TRUE(IsValidUtf8(RepairUtf8(c.bytes))) << c.name;
    EXPECT_EQ(RepairUtf8(c.bytes) == c.bytes, c.valid) << c.name;
  }
}

TEST(Utf8, CodePointsSurviveARoundTrip) {
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 101) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string bytes;
    AppendUtf8(c, &bytes);
    ASSERT_TRUE(IsValidUtf8(bytes)) << static_cast<uint32_t>(c);
    size_t at = 0;
    ASSERT_EQ(NextCodePoint(bytes, &at), c);
    ASSERT_EQ(at, bytes.size());
  }
}

TEST(CodePointIndex, AgreesWithCountingFromTheStart) {
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += i % 7 == 0 ? "€" : i % 5 == 0 ? "😀" : i % 3 == 0 ? "é" : "x";
  const CodePointIndex index(text);
  EXPECT_EQ(index.code_points(), CountCodePoints(text));
  uint32_t code_point = 0;
  for (size_t at = 0; at < text.size(); ++code_point) {
    ASSERT_EQ(index.ByteToCodePoint(at), code_point) << at;
    ASSERT_EQ(index.CodePointToByte(code_point), at);
    NextCodePoint(text, &at);
  }
  EXPECT_EQ(index.ByteToCodePoint(text.size() + 9), index.code_points());
  EXPECT_EQ(index.CodePointToByte(99999), text.size());
  EXPECT_EQ(CodePointIndex("").CodePointToByte(0), 0u);
}

}  // namespace
}  // namespace frontdesk::text
