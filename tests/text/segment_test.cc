#include "text/segment.h"

#include <gtest/gtest.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace frontdesk::text {
namespace {

std::vector<std::string> Texts(std::string_view text, const std::vector<Span>& spans) {
  std::vector<std::string> out;
  for (const Span& span : spans) out.emplace_back(Slice(text, span));
  return out;
}
using Strings = std::vector<std::string>;

// The plain twin: ICU over the whole text.
std::vector<Span> IcuWords(std::string text) {
  std::replace(text.begin(), text.end(), '@', ' ');  // ICU 72 counts @ as a letter
  UErrorCode error = U_ZERO_ERROR;
  UText utext = UTEXT_INITIALIZER;
  utext_openUTF8(&utext, text.data(), static_cast<int64_t>(text.size()), &error);
  UBreakIterator* iterator = ubrk_open(UBRK_WORD, "en", nullptr, 0, &error);
  ubrk_setUText(iterator, &utext, &error);
  std::vector<Span> out;
  int32_t begin = ubrk_first(iterator);
  for (int32_t end = ubrk_next(iterator); end != UBRK_DONE;
       begin = end, end = ubrk_next(iterator)) {
    const bool counts = std::any_of(text.begin() + begin, text.begin() + end,
                                    [](unsigned char c) { return isalnum(c) || c >= 0x80; });
    if (counts && ubrk_getRuleStatus(iterator) >= UBRK_WORD_NONE_LIMIT) {
      out.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
    }
  }
  ubrk_close(iterator);
  utext_close(&utext);
  return out;
}

TEST(Words, AsciiPathAgreesWithIcuOnRandomText) {
  std::mt19937 random(3);
  const std::string alphabet = "abZ019__..'',,;;::--@#/ \t\n!$%";
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 16, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const auto ours = Words(text, "en");
    ASSERT_EQ(Texts(text, ours), Texts(text, IcuWords(text))) << "[" << text << "]";
  }
}

TEST(Words, KeepsWhatBelongsTogether) {
  const auto words = [](std::string_view t, std::string_view l = "en") {
    return Texts(t, Words(t, l));
  };
  EXPECT_EQ(words(""), Strings());
  EXPECT_EQ(words("😀 🎉"), Strings());
  EXPECT_EQ(words("It's 9.50 €, isn't it?"), (Strings{"It's", "9.50", "isn't", "it"}));
  EXPECT_EQ(words("don’t"), Strings{"don’t"});
  EXPECT_EQ(words("naïve-café"), (Strings{"naïve", "café"}));
  EXPECT_GE(words("ฉันต้องการคืนสินค้า", "th").size(), 3u);
  EXPECT_EQ(words("a\xFFz").size(), 2u);
}

TEST(Sentences, Cases) {
  const struct {
    const char* name;
    const char* language;
    const char* text;
    Strings want;
  } cases[] = {
      {"empty", "en", "", {}},
      {"blank", "en", " \n\n ", {}},
      {"one", "en", "hello", {"hello"}},
      {"plain", "en", "One. Two! Three?", {"One.", "Two!", "Three?"}},
      {"title", "en", "Dr. Lee called. Ring back!", {"Dr. Lee called.", "Ring back!"}},
      {"initial", "en", "Ask J. Smith. He knows.", {"Ask J. Smith.", "He knows."}},
      {"eg",
       "en",
       "Bring proof, e.g. a receipt. Thanks.",
       {"Bring proof, e.g. a receipt.", "Thanks."}},
      {"decimal", "en", "It costs 3.50 euro. Fine.", {"It costs 3.50 euro.", "Fine."}},
      {"link", "en", "See shop.example.com/a?b=1. Bye.", {"See shop.example.com/a?b=1.", "Bye."}},
      {"quote", "en", "He said \"go.\" We went.", {"He said \"go.\"", "We went."}},
      {"etc ends",
       "en",
       "Shoes, hats, etc. Returns are free.",
       {"Shoes, hats, etc.", "Returns are free."}},
      {"ellipsis", "en", "Well... maybe. Yes.", {"Well... maybe.", "Yes."}},
      {"chat lines", "en", "hi\nWhere is my order", {"hi", "Where is my order"}},
      {"wrapped",
       "en",
       "This line was wrapped by an editor at some width or\nother. Next.",
       {"This line was wrapped by an editor at some width or\nother.", "Next."}},
      {"wrapped upper",
       "en",
       "A parcel that is sent by courier reaches customers of\nIreland in two days.",
       {"A parcel that is sent by courier reaches customers of\nIreland in two days."}},
      {"list", "en", "- one thing\n- two things", {"- one thing", "- two things"}},
      {"numbers", "en", "1. Open it.\n2. Close it.", {"1. Open it.", "2. Close it."}},
      {"no. 5",
       "en",
       "Order no. 5 is late. No. It came.",
       {"Order no. 5 is late.", "No.", "It came."}},
      {"german",
       "de",
       "Das kostet ca. 5 Euro, z.B. im Laden. Gut.",
       {"Das kostet ca. 5 Euro, z.B. im Laden.", "Gut."}},
      {"german date", "de", "Am 3. Mai kam es an. Danke.", {"Am 3. Mai kam es an.", "Danke."}},
      {"french", "fr", "M. Dupont a appelé. Merci.", {"M. Dupont a appelé.", "Merci."}},
      {"chinese", "zh", "你好。再见！", {"你好。", "再见！"}},
      {"terminators only", "en", "?!?!", {"?!?!"}},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Texts(c.text, Sentences(c.text, c.language)), c.want) << c.name;
  }
}

TEST(Sentences, CoverEveryLetterOnceWhateverTheBytes) {
  std::mt19937 random(5);
  const std::string alphabet = "aB1 .!?\n\n-\"'\xC3\xE2\x80";
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 24, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    uint32_t last = 0;
    std::string covered;
    for (const Span& s : Sentences(text, "en")) {
      ASSERT_LT(s.begin, s.end);
      ASSERT_LE(last, s.begin);
      ASSERT_LE(s.end, text.size());
      for (uint32_t i = last; i < s.begin; ++i)
        ASSERT_FALSE(isalnum(static_cast<unsigned char>(text[i])));
      last = s.end;
    }
    for (uint32_t i = last; i < text.size(); ++i) {
      ASSERT_FALSE(isalnum(static_cast<unsigned char>(text[i]))) << text;
    }
  }
}

}  // namespace
}  // namespace frontdesk::text
