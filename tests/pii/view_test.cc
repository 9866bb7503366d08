// The folded text and the way back, where nothing but case is folded and where something is.
#include "tools/pii/view.h"

#include <gtest/gtest.h>

#include <string>

namespace frontdesk::tools {
namespace {

TEST(ViewTest, PlainTextIsLoweredInPlace) {
  const std::string original = "Mail ANN@Shop.ie\n\t~[`{\x01 Z";
  const View view(original);
  EXPECT_EQ(view.text(), "mail ann@shop.ie\n\t~[`{\x01 z");
  for (std::size_t begin = 0; begin < original.size(); ++begin) {
    EXPECT_EQ(view.Original(begin, begin + 1),
              (text::Span{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + 1)}));
    EXPECT_EQ(view.FromOriginal(begin), begin);
  }
  EXPECT_EQ(view.FromOriginal(original.size() + 5), original.size());
}

TEST(ViewTest, FoldedTextLeadsBackToWholeCharacters) {
  struct Case {
    const char* name;
    const char* original;
    const char* text;
    std::size_t begin, end;  // in text
    const char* back;        // what stood there in the original
  };
  const Case cases[] = {
      {"entity", "a&#64;B", "a@b", 1, 2, "&#64;"},
      {"entity behind plain text", "Plain text &amp; more", "plain text & more", 11, 12, "&amp;"},
      {"wide digits", "No ４１", "no 41", 3, 5, "４１"},
      {"soft hyphen", "ca\u00ADrd", "card", 0, 4, "ca\u00ADrd"},
      {"combining mark behind ASCII", "Cafe\u0301!", "café!", 3, 5, "e\u0301"},
      {"one letter that gives two", "Straße 5", "strasse 5", 4, 6, "ß"},
      {"keycap", "1\uFE0F\u20E3 2", "1 2", 0, 1, "1\uFE0F\u20E3"},
  };
  for (const Case& one : cases) {
    const std::string original = one.original;
    const View view(original);
    EXPECT_EQ(view.text(), one.text) << one.name;
    EXPECT_EQ(text::Slice(original, view.Original(one.begin, one.end)), one.back) << one.name;
  }
}

}  // namespace
}  // namespace frontdesk::tools
