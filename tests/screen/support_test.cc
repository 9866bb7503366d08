// Grounding: what supports a claim, what a question asks, and whether passages answer it.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "dialog/answer/alike_words.h"
#include "dialog/answer/answer_model.h"
#include "dialog/answer/answer_units.h"
#include "dialog/answer/asked_question.h"
#include "dialog/answer/asked_value.h"
#include "dialog/answer/boosted_trees.h"
#include "dialog/answer/claims.h"
#include "dialog/answer/extract.h"
#include "dialog/answer/facts.h"
#include "dialog/answer/question_parts.h"
#include "dialog/answer/support.h"
#include "dialog/answer/unit_signals.h"
#include "text/analyse.h"

namespace frontdesk::dialog {
namespace {

FoundPassage Passage(std::string text) {
  FoundPassage passage;
  passage.hash = "h";
  passage.document = "d.md";
  passage.title = "Delivery";
  passage.text = std::move(text);
  return passage;
}

struct ClaimCase {
  const char* name;
  const char* passage;
  const char* claim;
  const char* rule;  // "supported", or the check that must fail
};

class SupportCases : public testing::TestWithParam<ClaimCase> {};

TEST_P(SupportCases, FailsByItsRule) {
  const ClaimCase& c = GetParam();
  const std::vector<FoundPassage> passages = {Passage(c.passage)};
  const Support support = SupportChecker(passages, "", {}).Check(c.claim, 400'000);
  EXPECT_EQ(support.rule, c.rule) << support.scores.at("support");
  EXPECT_EQ(support.holds, std::string(c.rule) == "supported");
}

constexpr const char* kShipping =
    "Standard shipping to Germany costs 5.95 euro and takes 3 to 4 working days. It is free from 80 "
    "euro. Nothing is shipped to post office boxes.";

INSTANTIATE_TEST_SUITE_P(
    Claims, SupportCases,
    testing::Values(
        ClaimCase{"same", kShipping, "Standard shipping to Germany costs 5.95 euro.", "supported"},
        ClaimCase{"price", kShipping, "Standard shipping to Germany costs 4.95 euro.", "number"},
        ClaimCase{"duration", kShipping, "It takes 3 to 5 working days.", "number"},
        ClaimCase{"word_number", kShipping, "It takes three to five working days.", "number"},
        ClaimCase{"percent", kShipping, "Shipping to Germany is 10% off.", "number"},
        ClaimCase{"date", kShipping, "Standard shipping is free on 3 April.", "number"},
        ClaimCase{"denial", kShipping, "Standard shipping to Germany does not cost 5.95 euro.",
                  "negation"},
        ClaimCase{"denial_lost", kShipping, "Shipped to post office boxes.", "negation"},
        ClaimCase{"name", kShipping, "Standard shipping to France costs 5.95 euro.", "entity"},
        ClaimCase{"empty", kShipping, "It is.", "coverage"},
        ClaimCase{"invented", kShipping,
                  "Our drivers wear red hats, sing songs and juggle lemons at your door.",
                  "support"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Facts, OneSpelling) {
  EXPECT_EQ(FactsOf("two years, 1,500.00 EUR, 9 March", "en"),
            (std::vector<std::string>{"1500", "2", "9", "month 3"}));
  EXPECT_EQ(FactsOf("4,90 euro", "de"), FactsOf("4.9 euro", "en"));
}

TEST(QuestionParts, SplitsWhereASecondQuestionBegins) {
  EXPECT_EQ(QuestionParts("what does shipping cost to Germany, and when does a parcel arrive?"),
            (std::vector<std::string>{"what does shipping cost to Germany",
                                      "when does a parcel arrive?"}));
  EXPECT_EQ(QuestionParts("is the guarantee long? how do I make a claim?").size(), 2u);
}

TEST(QuestionParts, LeavesOneQuestionWhole) {
  for (const char* question :
       {"are the Tarn 2 and the Tarn 3 waterproof?", "how do I wash and dry a jacket",
        "what is it and is it", "", "and when?"}) {
    EXPECT_EQ(QuestionParts(question).size(), 1u) << question;
  }
}

TEST(QuestionParts, APartThatPointsBackTakesTheOneBeforeAlong) {
  EXPECT_EQ(PartQueries({"do you deliver to Spain", "what does it cost?"}),
            (std::vector<std::string>{"do you deliver to Spain",
                                      "do you deliver to Spain what does it cost?"}));
  EXPECT_EQ(PartQueries({"what does a patch cost", "when do you close?"})[1], "when do you close?");
}

struct ValueCase {
  const char* name;
  const char* question;
  const char* sentence;
  bool answers;
};

class AskedValueCases : public testing::TestWithParam<ValueCase> {};

TEST_P(AskedValueCases, KindOfValue) {
  const ValueCase& c = GetParam();
  EXPECT_EQ((AskedValues(c.question) & ValuesIn(c.sentence)) != 0, c.answers);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, AskedValueCases,
    testing::Values(
        ValueCase{"duration", "how long is the guarantee", "The guarantee lasts 5 years.", true},
        ValueCase{"no_duration", "how long is the guarantee", "The guarantee belongs to the product.", false},
        ValueCase{"money", "how much is a patch?", "A patch costs €12.", true},
        ValueCase{"no_money", "how much is a patch?", "Patches are sewn on in Galway.", false},
        ValueCase{"clock", "what time do you close", "Open until 20:00.", true},
        ValueCase{"measure", "how much does it weigh", "It weighs 2.1 kg.", true},
        ValueCase{"contact", "what's your phone number", "+353 20 915 0148, at any time.", true},
        ValueCase{"permission", "can I swim with it", "It is not made for swimming.", true},
        ValueCase{"german", "wie lange dauert der Versand", "Er dauert 3 Tage.", true}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(AnswerUnits, KeepWhatGivesThemTheirMeaning) {
  std::vector<FoundPassage> passages = {
      Passage("Returning a bulky item\n\nThe carrier collects it. It is free.\n\nYou need two "
              "things:\n\nthe order number\n\nDo you ship abroad? Yes. We ship to Norway.")};
  const std::vector<AnswerUnit> units = UnitsOf(passages, 5);
  std::vector<std::string> texts, leads;
  for (const AnswerUnit& unit : units) {
    texts.push_back(unit.TextIn(passages[0]));
    leads.push_back(unit.lead);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"The carrier collects it.", "It is free.",
                                             "You need two things:", "the order number",
                                             "Do you ship abroad? Yes. We ship to Norway."}));
  EXPECT_EQ(leads[1], "Returning a bulky item The carrier collects it.");
  EXPECT_TRUE(units[2].announces);
  EXPECT_EQ(leads[3], "Returning a bulky item You need two things:");
  EXPECT_TRUE(units[4].asks);
}

TEST(AnswerUnits, WhatLeansOnAChainLeansOnItsBeginning) {
  std::vector<FoundPassage> passages(1);
  passages[0].text = "The Tarn 3 is for 3 people. It costs 299 euro. It weighs 2.7 kg.";
  const std::vector<AnswerUnit> units = UnitsOf(passages, 5);
  ASSERT_EQ(units.size(), 3u);
  EXPECT_EQ(units[1].lead, "The Tarn 3 is for 3 people.");
  EXPECT_EQ(units[2].lead, "The Tarn 3 is for 3 people.");
}

TEST(NumberedNames, TheNumberBelongsToTheName) {
  const auto names = NumberedNamesIn("how much does the Tarn 2 weigh?");
  ASSERT_EQ(names.size(), 1u);
  EXPECT_EQ(names[0].word, "tarn");
  EXPECT_EQ(names[0].number, "2");
  EXPECT_EQ(NumbersOf("tarn", "The Tarn 2 and the Tarn 3"), (std::vector<std::string>{"2", "3"}));
  EXPECT_TRUE(NumbersOf("tarn", "The Skerry 5 in a tarn").empty());

  std::vector<FoundPassage> passages(1);
  passages[0].text = "The Tarn 2 is a tent. It weighs 2.1 kg.\n\nThe Tarn 3 is a tent. It weighs 2.7 kg.";
  const std::vector<AnswerUnit> units = UnitsOf(passages, 5);
  ASSERT_EQ(units.size(), 4u);
  UnitReader reader("how much does the Tarn 2 weigh?", passages, units, {});
  const std::vector<UnitSignals> signals = reader.Signals();
  const auto of = [&](size_t unit, std::string_view name) {
    for (size_t i = 0; i < kUnitSignals; ++i)
      if (UnitSignalName(i) == name) return signals[unit][i];
    ADD_FAILURE() << name;
    return 0.0f;
  };
  EXPECT_EQ(of(1, "numbered_name"), 1);
  EXPECT_EQ(of(1, "other_number"), 0);
  EXPECT_EQ(of(3, "numbered_name"), 0);
  EXPECT_EQ(of(3, "other_number"), 1);
}

TEST(AlikeWords, OfOneGroupAsIndexed) {
  EXPECT_TRUE(MeanAlike(text::AnalyseWord("swap", "en"), text::AnalyseWord("exchanged", "en")));
  EXPECT_TRUE(MeanAlike(text::AnalyseWord("Munich", "en"), text::AnalyseWord("Germany", "en")));
  EXPECT_FALSE(MeanAlike(text::AnalyseWord("swap", "en"), text::AnalyseWord("refund", "en")));
}

TEST(ChooseUnits, TakesWhatAParagraphGoesOnWith) {
  const std::vector<FoundPassage> passages = {
      Passage("We have three plans.\n\nThe carrier collects it. It is free. Call first.")};
  const std::vector<AnswerUnit> units = UnitsOf(passages, 5);
  ASSERT_EQ(units.size(), 4u);
  EXPECT_EQ(ChooseUnits(passages, units, {0, 900'000, 0, 0}, 3), (std::vector<size_t>{1, 2}));
  EXPECT_EQ(ChooseUnits(passages, units, {0, 0, 900'000, 0}, 1), (std::vector<size_t>{2}));
  EXPECT_EQ(ChooseUnits(passages, units, {800'000, 900'000, 0, 0}, 3),
            (std::vector<size_t>{1, 2, 0}));
  // "Call first." leans on nothing: it comes along unless it is surely about something else.
  EXPECT_EQ(ChooseUnits(passages, units, {0, 0, 900'000, 0}, 3), (std::vector<size_t>{2, 1}));
  EXPECT_EQ(ChooseUnits(passages, units, {0, 0, 900'000, 30'000}, 3),
            (std::vector<size_t>{2, 1, 3}));
}

TEST(ChooseUnits, AnItemComesWithTheLineThatAnnouncesIt) {
  const std::vector<FoundPassage> passages = {
      Passage("These cannot come back:\n\nGift cards.\n\nOpened food.\n\nUsed filters.")};
  const std::vector<AnswerUnit> units = UnitsOf(passages, 5);
  ASSERT_EQ(units.size(), 4u);
  EXPECT_EQ(units[2].announced_by, std::optional<size_t>(0));
  EXPECT_EQ(units[2].lead, "These cannot come back:");
  EXPECT_EQ(ChooseUnits(passages, units, {0, 0, 900'000, 0}, 3), (std::vector<size_t>{2, 0}));
  EXPECT_EQ(ChooseUnits(passages, units, {900'000, 0, 0, 0}, 3), (std::vector<size_t>{0, 1, 2}));
}

TEST(ChooseUnits, SaysNothingTwice) {
  const std::vector<FoundPassage> passages = {
      Passage("A zip slider costs 9 euro. A new zip slider costs 9 euro. A zip slider costs 11 euro.")};
  const std::vector<AnswerUnit> units = UnitsOf(passages, 5);
  ASSERT_EQ(units.size(), 3u);
  EXPECT_EQ(ChooseUnits(passages, units, {900'000, 800'000, 700'000}, 3),
            (std::vector<size_t>{0, 2}));
}

TEST(ChooseUnits, ARowGivesWayToTheSentenceThatSaysTheSame) {
  const std::vector<FoundPassage> passages = {
      Passage("Tents – Guarantee: 5 years\n\nStoves – Guarantee: 3 years\n\n"
              "The guarantee on tents lasts 5 years.")};
  const std::vector<AnswerUnit> units = UnitsOf(passages, 5);
  ASSERT_EQ(units.size(), 3u);
  EXPECT_TRUE(units[0].is_row);
  EXPECT_FALSE(units[2].is_row);
  EXPECT_EQ(ChooseUnits(passages, units, {900'000, 300'000, 800'000}, 3),
            (std::vector<size_t>{2, 1}));
  // Shown although there is no room for a further one.
  EXPECT_EQ(ChooseUnits(passages, units, {900'000, 0, 800'000}, 1), (std::vector<size_t>{2}));
  EXPECT_EQ(ChooseUnits(passages, units, {900'000, 0, 100'000}, 3), (std::vector<size_t>{0}));
}

TEST(QuoteAnswer, ARowComesAfterTheLikelierSentence) {
  const std::vector<FoundPassage> passages = {
      Passage("Other countries – Standard delivery: 9.95 euro; Express delivery: 19.95 euro\n\n"
              "Germany – Standard delivery: 5.95 euro; Express delivery: 14.95 euro")};
  const Quote quote = QuoteAnswer("what does standard delivery to Germany cost?", passages, 4, {});
  ASSERT_FALSE(quote.extracts.empty());
  EXPECT_EQ(text::Slice(passages[0].text, quote.extracts[0].span).substr(0, 7), "Germany");
  for (size_t i = 1; i < quote.extracts.size(); ++i)
    EXPECT_LE(quote.extracts[i].score, quote.extracts[0].score);
}

TEST(AnswerModel, SavedAndLoadedIsTheSame) {
  const std::string bytes = AnswerModel::Shipped().Save();
  const auto again = AnswerModel::Load(bytes);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->Save(), bytes);
  for (const size_t at : {size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(AnswerModel::Load(changed).status().code(), absl::StatusCode::kDataLoss) << at;
  }
  EXPECT_FALSE(AnswerModel::Load("").ok());
}

TEST(AskedQuestions, NameTheLineThatIsWrong) {
  const auto asked = ReadAskedQuestions("{\"question\": \"a\", \"kind\": \"odd\"}\n");
  EXPECT_EQ(asked.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(asked.status().ToString(), "line 1")) << asked.status();
}

TEST(Answerable, UnknownWordsLowerIt) {
  const std::vector<FoundPassage> passages = {Passage(kShipping)};
  const auto judge = [&](const char* question) {
    return QuoteAnswer(question, passages, 3, {}).answerable;
  };
  EXPECT_GT(judge("shipping to Germany cost"), judge("wifi password of the Germany store"));
  EXPECT_GT(judge("wifi password of the Germany store"), judge("who won the football cup"));
}

TEST(BoostedTrees, LearnAnInteraction) {
  std::vector<std::vector<float>> rows;
  std::vector<bool> positive;
  for (int i = 0; i < 400; ++i) {
    const float a = static_cast<float>(i % 20) / 20, b = static_cast<float>(i / 20) / 20;
    rows.push_back({a, b});
    positive.push_back((a > 0.5f) != (b > 0.5f));
  }
  const BoostedTrees trees = BoostedTrees::Train(rows, positive, {});
  size_t right = 0;
  for (size_t i = 0; i < rows.size(); ++i) right += (trees.Score(rows[i]) > 0) == positive[i] ? 1 : 0;
  EXPECT_GE(right, rows.size() * 97 / 100);
}

TEST(SupportModel, SavedAndLoadedIsTheSame) {
  const std::string bytes = SupportModel::Shipped().Save();
  const auto again = SupportModel::Load(bytes);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->Save(), bytes);
  for (const size_t at : {size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(SupportModel::Load(changed).status().code(), absl::StatusCode::kDataLoss) << at;
  }
  EXPECT_FALSE(SupportModel::Load("").ok());
}

TEST(ReadClaims, NamesTheLineThatIsWrong) {
  const auto claims = ReadClaims("{\"context\":\"a\"}\n", {});
  EXPECT_EQ(claims.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(claims.status().ToString(), "line 1")) << claims.status();
}

}  // namespace
}  // namespace frontdesk::dialog
