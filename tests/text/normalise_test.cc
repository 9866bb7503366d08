#include "text/normalise.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "text/utf8.h"

namespace frontdesk::text {
namespace {

TEST(Fold, GivesOneSpellingToTextsThatReadTheSame) {
  const struct {
    const char* name;
    const char* in;
    const char* out;
  } cases[] = {
      {"empty", "", ""},
      {"case", "Where IS it", "where is it"},
      {"full width", "Ｏｒｄｅｒ １２", "order 12"},
      {"ligature", "ﬁnal", "final"},
      {"sharp s", "Straße", "strasse"},
      {"composes", "e\u0301te\u0301", "été"},
      {"zero width", "o\u200Brd\u200Der\uFEFF", "order"},
      {"soft hyphen", "ware\u00ADhouse", "warehouse"},
      {"arabic digits", "٤٨٢١٣", "48213"},
      {"devanagari digits", "४८", "48"},
      {"apostrophe", "don’t “go”—now", "don't \"go\"-now"},
      {"no-break space", "a\u00A0b", "a b"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Fold(c.in).text, c.out) << c.name;
    EXPECT_EQ(FoldText(c.in), c.out) << c.name;
  }
}

TEST(Fold, ConfusablesOnlyInWordsThatHoldAscii) {
  const FoldOptions options{.confusables = true};
  EXPECT_EQ(Fold("p\u0430ypal", options).text, "paypal");
  EXPECT_EQ(Fold("j\u043Ehn@gm\u0430il.com", options).text, "john@gmail.com");
  EXPECT_EQ(Fold("привет мир", options).text, "привет мир");
  EXPECT_EQ(Fold("p\u0430ypal").text, "p\u0430ypal");
}

TEST(Fold, SpansLeadBackToTheOriginal) {
  const std::string original = "Ｍail\u200B to ANNA\u00AD.É now";
  const Normalised folded = Fold(original);
  ASSERT_EQ(folded.text, "mail to anna.é now");
  ASSERT_EQ(folded.source.size(), folded.text.size() + 1);
  const auto original_of = [&](std::string_view found) {
    const size_t at = folded.text.find(found);
    const Span span{static_cast<uint32_t>(at), static_cast<uint32_t>(at + found.size())};
    return std::string(Slice(original, OriginalSpan(folded, span)));
  };
  EXPECT_EQ(original_of("mail"), "Ｍail\u200B");
  EXPECT_EQ(original_of("anna."), "ANNA\u00AD.");
  EXPECT_EQ(original_of("é"), "É");
  EXPECT_EQ(original_of("now"), "now");
}

TEST(Fold, AnyBytesGiveValidTextAndRisingOffsets) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(round % 2 ? random() : random() % 128);
    for (const bool confusables : {false, true}) {
      const Normalised folded = Fold(bytes, {.confusables = confusables});
      ASSERT_TRUE(IsValidUtf8(folded.text));
      ASSERT_EQ(folded.source.size(), folded.text.size() + 1);
      ASSERT_TRUE(std::is_sorted(folded.source.begin(), folded.source.end()));
      ASSERT_EQ(folded.source.back(), bytes.size());
    }
  }
}

TEST(Fold, IsIdempotentOnValidText) {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (unsigned i = random() % 12; i > 0; --i) AppendUtf8(random() % 0x3000, &text);
    const std::string once = FoldText(text);
    ASSERT_EQ(FoldText(once), once) << text;
  }
}

TEST(StripAccents, RemovesMarksOnly) {
  EXPECT_EQ(StripAccents("Größe café naïve"), "Große cafe naive");
  EXPECT_EQ(StripAccents("plain"), "plain");
  EXPECT_EQ(StripAccents("한국"), "한국");
}

TEST(CaseFold, FoldsFully) {
  EXPECT_EQ(CaseFold("STRASSE"), CaseFold("Straße"));
  EXPECT_EQ(CaseFold("ΣΊΣΥΦΟΣ"), CaseFold("σίσυφος"));
}

}  // namespace
}  // namespace frontdesk::text
