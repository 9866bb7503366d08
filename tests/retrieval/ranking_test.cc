// The features of the fused score, and the fitting of its weights.
#include <gtest/gtest.h>

#include <random>

#include "retrieval/ranking/fit.h"
#include "retrieval/ranking/fusion.h"
#include "retrieval/ranking/query_words.h"
#include "retrieval/ranking/text_fit.h"

namespace frontdesk::retrieval {
namespace {

// Every word weighs 1, those of `heavy` 3.
TextFit Fit(std::string_view query, const Passage& passage, std::string heavy = "refund") {
  TextMatcher matcher(query, "en", 0.4f,
                      [&](const std::string& term) { return term == heavy ? 3.0f : 1.0f; });
  return matcher.Match(passage);
}

TEST(TextMatcher, CoverageCountsTextHeadingsAndTitle) {
  EXPECT_FLOAT_EQ(Fit("refund lamp", {.text = "A refund takes a week."}).coverage, 0.75f);
  const TextFit titled =
      Fit("refund lamp", {.title = "Lamps", .headings = {"Refunds"}, .text = "None."});
  EXPECT_FLOAT_EQ(titled.coverage, 1.0f);
  EXPECT_FLOAT_EQ(titled.title, 1.0f);
  EXPECT_FLOAT_EQ(Fit("refund lamp", {.text = "Nothing here."}).coverage, 0.0f);
  EXPECT_FLOAT_EQ(Fit("", {.text = "Refund"}).coverage, 0.0f);
}

TEST(TextMatcher, ExactIsTheTitleSeenFromTheOtherSide) {
  EXPECT_FLOAT_EQ(Fit("how do I return the lamp", {.title = "Returning a lamp"}).exact, 1.0f);
  EXPECT_FLOAT_EQ(Fit("return", {.title = "Return policy", .headings = {"For lamps"}}).exact,
                  1.0f / 3);
  EXPECT_FLOAT_EQ(Fit("the a of", {.title = "The"}).exact, 0.0f) << "function words do not count";
}

TEST(TextMatcher, PhrasesAreInOrderAndNearIsWithinFiveWords) {
  const char* query = "return policy tent";
  const TextFit phrase = Fit(query, {.text = "Our return policy is for a tent."});
  EXPECT_FLOAT_EQ(phrase.phrase, 0.5f);  // "return policy", and not "policy tent"
  EXPECT_FLOAT_EQ(phrase.near, 1.0f);
  const TextFit reversed = Fit(query, {.text = "The policy on return."});
  EXPECT_FLOAT_EQ(reversed.phrase, 0.0f);
  EXPECT_FLOAT_EQ(reversed.near, 0.5f);
  const TextFit far = Fit(query, {.text = "Return it. One two three four five six: the policy."});
  EXPECT_FLOAT_EQ(far.near, 0.0f);
}

TEST(TextMatcher, AHundredTermsAndEmptyTextsAreFine) {
  std::string query;
  for (int i = 0; i < 100; ++i) query += "w" + std::to_string(i) + "x ";
  EXPECT_GT(Fit(query, {.text = "w3x w4x and w99x"}).coverage, 0.0f);
  EXPECT_FLOAT_EQ(Fit(query, {}).coverage, 0.0f);
}

TEST(Fusion, ScoresAreTheWeightedSumAndTiesGoToTheLowerKey) {
  std::vector<Candidate> candidates = {{.key = 9, .bm25 = 100, .cosine = 0.2f},
                                       {.key = 4, .bm25 = 50, .cosine = 0.2f},
                                       {.key = 2, .bm25 = 100, .cosine = 0.2f}};
  ScaleWords(1.5, 200, &candidates);
  EXPECT_NEAR(candidates[0].words, 100.0 / 300, 1e-6);
  ScaleWords(0, 200, &candidates);
  EXPECT_FLOAT_EQ(candidates[0].words, 1.0f);
  Fuse({.whole = 0.5, .words = 0.5}, &candidates);
  SortByScore(&candidates);
  EXPECT_EQ(candidates[0].key, 2u);
  EXPECT_EQ(candidates[1].key, 9u);
  EXPECT_EQ(candidates[2].key, 4u);
  EXPECT_EQ(candidates[0].score_q, 600'000);
}

// Queries whose right passage is the one with the best sentence; all else is noise.
FitCollection Sentences(uint32_t seed) {
  std::mt19937 random(seed);
  const auto noise = [&] { return static_cast<float>(random() % 1000) / 1000; };
  FitCollection out{.name = "sentences"};
  for (int q = 0; q < 100; ++q) {
    JudgedCandidates query;
    for (uint64_t c = 0; c < 20; ++c) {
      const bool right = c == 7;
      query.candidates.push_back({.key = c,
                                  .words = noise(),
                                  .cosine = noise(),
                                  .sentence = right ? 0.95f : 0.9f * noise()});
      query.grades.push_back(right);
    }
    out.queries.push_back(std::move(query));
  }
  return out;
}

TEST(Fit, FindsTheFeatureThatTellsAndItCarriesOver) {
  const FitReport report = FitAndValidate({Sentences(3), Sentences(4)}, FittedWeights());
  ASSERT_EQ(report.rows.size(), 2u);
  for (const FitReport::Row& row : report.rows) {
    EXPECT_LT(row.present, 0.6);
    EXPECT_GT(row.held_out, 0.9);
    EXPECT_GT(row.fitted, 0.9);
  }
  EXPECT_GT(report.weights.sentence, report.weights.whole + report.weights.words);
  EXPECT_GT(MeanGain(Sentences(5), report.weights), 0.9);
  EXPECT_NE(ToText(report).find("held out"), std::string::npos);
}

TEST(Fit, IsTheSameEveryTime) {
  const std::vector<FitCollection> collections = {Sentences(1)};
  EXPECT_EQ(ToText(FitAndValidate(collections, FittedWeights())), ToText(FitAndValidate(collections, FittedWeights())));
}

TEST(Synonyms, AreReadLineByLine) {
  const auto groups = ReadSynonyms("# of the shop\n\nrefund, money back\r\nparcel,package, shipment\n");
  ASSERT_TRUE(groups.ok()) << groups.status();
  EXPECT_EQ(*groups, (std::vector<std::vector<std::string>>{{"refund", "money back"},
                                                            {"parcel", "package", "shipment"}}));
  EXPECT_TRUE(ReadSynonyms("")->empty());
  for (const char* bad : {"a, b\nalone\n", "a, b\nx,,y\n"}) {
    const absl::Status status = ReadSynonyms(bad).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find("line 2"), std::string::npos) << status;
  }
}

}  // namespace
}  // namespace frontdesk::retrieval
