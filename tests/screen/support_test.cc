// Grounding: what supports a claim, what a question asks, and whether passages answer it.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "dialog/answer/answerable.h"
#include "dialog/answer/boosted_trees.h"
#include "dialog/answer/claims.h"
#include "dialog/answer/facts.h"
#include "dialog/answer/question_parts.h"
#include "dialog/answer/support.h"

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

TEST(Answerable, UnknownWordsLowerIt) {
  std::vector<FoundPassage> passages = {Passage(kShipping)};
  const auto judge = [&](const char* question) {
    return JudgeAnswerable(question, passages, 0, kShipping, 0).probability;
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
