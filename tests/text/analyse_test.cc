#include "text/analyse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "text/language.h"
#include "text/stem.h"

namespace frontdesk::text {
namespace {

std::vector<std::string> Terms(std::string_view text, std::string_view language,
                               AnalyseOptions options = {}) {
  std::vector<std::string> out;
  for (const Token& token : Analyse(text, language, options)) out.push_back(token.term);
  return out;
}
using Strings = std::vector<std::string>;

TEST(Analyse, Cases) {
  EXPECT_EQ(Terms("Returning the SHOES", "en"), (Strings{"return", "the", "shoe"}));
  EXPECT_EQ(Terms("Returning the SHOES", "en", {.drop_stop_words = true}),
            (Strings{"return", "shoe"}));
  EXPECT_EQ(Terms("Returning", "en", {.stem = false}), Strings{"returning"});
  EXPECT_EQ(Terms("customer’s customer's customers'", "en"),
            (Strings{"custom", "custom", "custom"}));
  EXPECT_EQ(Terms("Bestellungen", "de"), Terms("bestellung", "de"));
  EXPECT_EQ(Terms("CAFÉ", "en"), Terms("cafe", "en"));
  EXPECT_EQ(Terms("", "en"), Strings());
  EXPECT_EQ(Terms("🎉", "en"), Strings());
  EXPECT_EQ(Terms("running", "xx"), Strings{"running"});
}

TEST(Analyse, SpansPointAtTheWords) {
  const std::string text = "¿Dónde está mi pedido 48213?";
  const auto tokens = Analyse(text, "es");
  ASSERT_EQ(tokens.size(), 5u);
  EXPECT_EQ(Slice(text, tokens[0].span), "Dónde");
  EXPECT_EQ(Slice(text, tokens[4].span), "48213");
}

TEST(Analyse, LongWordsAreCutAtACharacter) {
  std::string word;
  for (int i = 0; i < 200; ++i) word += "щ";
  const auto terms = Terms(word, "en");
  ASSERT_EQ(terms.size(), 1u);
  EXPECT_LE(terms[0].size(), kLongestTerm);
  EXPECT_EQ(terms[0].size() % 2, 0u);
}

TEST(StopWords, AreSortedAndFound) {
  for (const char* code : {"en", "de", "fr", "es", "it", "nl", "pt"}) {
    const auto words = StopWords(code);
    EXPECT_GT(words.size(), 60u) << code;
    EXPECT_TRUE(std::is_sorted(words.begin(), words.end())) << code;
    EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end()) << code;
  }
  EXPECT_TRUE(IsStopWord("the", "en-IE"));
  EXPECT_FALSE(IsStopWord("refund", "en"));
  EXPECT_FALSE(IsStopWord("the", "xx"));
}

TEST(Stemmer, UnknownLanguageChangesNothing) {
  EXPECT_EQ(Stemmer::For("zz").Stem("running"), "running");
  EXPECT_EQ(Stemmer::For("en").Stem("refunded"), "refund");
  EXPECT_EQ(Stemmer::For("en").Stem(""), "");
}

}  // namespace
}  // namespace frontdesk::text
