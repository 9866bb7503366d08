#include <string>
#include <vector>

#include "dialog/understand/clauses.h"
#include "dialog/understand/courtesy.h"
#include "dialog/understand/cues.h"
#include "dialog/understand/slots/message.h"
#include "dialog/understand/slots/numbers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk::understand {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

std::vector<std::string> Keys(std::string_view text) {
  std::vector<std::string> keys;
  for (const MessageToken& token : ReadMessage(text).tokens) keys.push_back(token.key);
  return keys;
}

TEST(MessageTest, CutsWordsNumbersVaultTokensAndMarks) {
  EXPECT_THAT(Keys("Order #48213, <EMAIL_1>"), ElementsAre("order", "#", "48213", ",", "<EMAIL_1>"));
  EXPECT_THAT(Keys("don't beschädigt"), ElementsAre("dont", "beschaedigt"));
  EXPECT_THAT(Keys("٤٨"), ElementsAre("48"));
  EXPECT_THAT(Keys("😡ok"), ElementsAre("😡", "ok"));
  EXPECT_THAT(Keys(""), ElementsAre());
}

TEST(MessageTest, TokensStandWhereTheyWereWritten) {
  const Message m = ReadMessage("Größe Ｔｅｎ 48\u200b213");
  for (const MessageToken& token : m.tokens) {
    ASSERT_LE(token.begin, token.end);
    ASSERT_LE(token.end, m.text.size());
  }
  EXPECT_EQ(m.Surface(0, 1), "Größe");
  EXPECT_EQ(m.Surface(1, 2), "Ｔｅｎ");
}

TEST(MessageTest, AnyBytesAreRead) {
  for (const std::string& text :
       {std::string("\xff\xfe\x80"), std::string(1, '\0'), std::string("x"), std::string("\u200b"),
        std::string(65536, 'a'), std::string("\xf0\x9f"), std::string("שלום 48213"),
        std::string("\xef\xbf\xbf\xf4\x8f\xbf\xbf")}) {
    const Message m = ReadMessage(text);
    EXPECT_LE(m.text.size(), 3 * 8192u);
    SplitClauses(m, FindCourtesies(m));
    FindCues(m, SplitClauses(m, FindCourtesies(m)));
    FindSentiment(m);
    FindAffirmation(m, true);
  }
}

struct NumberCase {
  const char* text;
  int64_t value;
};

TEST(NumbersTest, Cardinals) {
  for (const NumberCase& c : {NumberCase{"seven", 7}, {"forty two", 42}, {"twenty-one", 21},
                              {"a hundred and twenty", 120}, {"two thousand five hundred", 2500},
                              {"fünfundzwanzig", 25}, {"zweihundertdreizehn", 213}, {"12", 12},
                              {"dreitausend", 3000}, {"hundertzwanzig", 120}}) {
    const auto read = ReadCardinal(ReadMessage(c.text), 0, Phrasebook::Get());
    ASSERT_TRUE(read.has_value()) << c.text;
    EXPECT_EQ(read->value, c.value) << c.text;
  }
  for (const char* text : {"tent", "", "first", "und", "1234567890123456"}) {
    EXPECT_FALSE(ReadCardinal(ReadMessage(text), 0, Phrasebook::Get()).has_value()) << text;
  }
}

struct FigureCase {
  const char* text;
  int64_t hundredths;
};

TEST(NumbersTest, FiguresWithSeparators) {
  for (const FigureCase& c : {FigureCase{"17.95", 1795}, {"1.249,00", 124900}, {"1,249.5", 124950},
                              {"2,000", 200000}, {"1'200.50", 120050}, {"5", 500}}) {
    const auto figure = ReadFigure(ReadMessage(c.text), 0);
    ASSERT_TRUE(figure.has_value()) << c.text;
    EXPECT_EQ(figure->hundredths, c.hundredths) << c.text;
  }
  EXPECT_FALSE(ReadFigure(ReadMessage("1.23.45"), 0).has_value());
}

std::vector<std::string> Cues(std::string_view text) {
  const Message m = ReadMessage(text);
  return FindCues(m, SplitClauses(m, FindCourtesies(m)));
}

TEST(CuesTest, CommandsCountOnlyWhenTheyAreTheWholeClause) {
  EXPECT_THAT(Cues("cancel that please"), Contains("cancel"));
  EXPECT_THAT(Cues("ok never mind"), Contains("cancel"));
  EXPECT_THAT(Cues("cancel my order 48213"), Not(Contains("cancel")));
  EXPECT_THAT(Cues("please don't cancel"), Not(Contains("cancel")));
  EXPECT_THAT(Cues("go back"), Contains("back"));
  EXPECT_THAT(Cues("say that again?"), Contains("repeat"));
  EXPECT_THAT(Cues("vergiss es"), Contains("cancel"));
}

TEST(CuesTest, OthersCountAnywhere) {
  EXPECT_THAT(Cues("I want to talk to a human"), Contains("human"));
  EXPECT_THAT(Cues("kann ich mit einem Mitarbeiter sprechen"), Contains("human"));
  EXPECT_THAT(Cues("hi, where is it"), Contains("greeting"));
  EXPECT_THAT(Cues("great thanks"), Contains("thanks"));
  EXPECT_THAT(Cues("tschüss"), Contains("bye"));
  EXPECT_THAT(Cues("sorry I meant 48231"), Contains("correction"));
  EXPECT_THAT(Cues("I have no idea"), Contains("dont_know"));
  EXPECT_THAT(Cues("this is shit"), Contains("swearing"));
  EXPECT_THAT(Cues("where is my tent"), Contains("question"));
}

TEST(CuesTest, SentimentHasSignAndStrength) {
  const auto polarity = [](const char* text) { return FindSentiment(ReadMessage(text)).polarity; };
  EXPECT_EQ(polarity("where is my order"), 0);
  EXPECT_LT(polarity("this is terrible, worst shop ever!!!"), -500);
  EXPECT_GT(polarity("great, thanks a lot"), 200);
  EXPECT_LT(polarity("das ist eine Frechheit"), -300);
  EXPECT_LT(polarity("not good"), 0);
  EXPECT_GT(FindSentiment(ReadMessage("WHERE IS MY ORDER!!!")).intensity,
            FindSentiment(ReadMessage("where is my order")).intensity);
}

TEST(ClausesTest, SplitsWishesAndDropsCourtesies) {
  const Message m = ReadMessage("hi, where is order 48213 and can I change my address?");
  std::vector<std::string> wishes;
  for (const Clause& clause : SplitClauses(m, FindCourtesies(m))) {
    if (clause.wish) wishes.emplace_back(m.Surface(clause.first, clause.last));
  }
  EXPECT_THAT(wishes, ElementsAre("where is order 48213", "can I change my address?"));
}

TEST(ClausesTest, AQuestionAboutWhatWasNamedGoesWithIt) {
  const auto wishes = [](std::string_view text) {
    const Message m = ReadMessage(text);
    std::vector<std::string> found;
    for (const Clause& clause : SplitClauses(m, FindCourtesies(m))) {
      if (clause.wish) found.emplace_back(m.Surface(clause.first, clause.last));
    }
    return found;
  };
  EXPECT_THAT(wishes("do you deliver to Spain and what does it cost?"),
              ElementsAre("do you deliver to Spain and what does it cost?"));
  EXPECT_THAT(wishes("Liefern Sie nach Spanien? Was kostet das?"),
              ElementsAre("Liefern Sie nach Spanien? Was kostet das?"));
  EXPECT_THAT(wishes("where is my order and can I cancel it?"),
              ElementsAre("where is my order", "can I cancel it?"));
  EXPECT_THAT(wishes("do you deliver to Spain and what does the express service cost?"),
              ElementsAre("do you deliver to Spain", "what does the express service cost?"));
}

TEST(ClausesTest, AClauseThatOnlyNamesAValueIsNoWish) {
  const Message m = ReadMessage("cancel my subscription, order number 48020, <EMAIL_1>");
  int wishes = 0;
  for (const Clause& clause : SplitClauses(m, FindCourtesies(m))) wishes += clause.wish;
  EXPECT_EQ(wishes, 1);
}

TEST(ClausesTest, CircumstancesAreToldFromWishes) {
  const auto which = [](std::string_view text) {
    const Message m = ReadMessage(text);
    std::vector<Clause> wishes;
    for (const Clause& clause : SplitClauses(m, FindCourtesies(m))) {
      if (clause.wish) wishes.push_back(clause);
    }
    EXPECT_EQ(wishes.size(), 2u) << text;
    return wishes.size() == 2 ? Circumstance(wishes[0], wishes[1]) : -9;
  };
  EXPECT_EQ(which("my headlamp died, I'd like to use the guarantee"), 0);
  EXPECT_EQ(which("get rid of my account, I'm sick of your emails"), 1);
  EXPECT_EQ(which("my box came but the lantern wasn't inside"), 0);
  EXPECT_EQ(which("the jacket is too big, it hangs off me"), 2);
  EXPECT_EQ(which("where is my order and can someone call me back"), -1);
  EXPECT_EQ(which("I want to return the boots and my headlamp is broken"), -1);
  EXPECT_EQ(which("My parcel is late. My headlamp is broken."), -1);
  EXPECT_EQ(which("meine Lampe ist kaputt, ich möchte mein Geld zurück"), 0);
}

}  // namespace
}  // namespace frontdesk::understand
