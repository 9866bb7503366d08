// Score cards, samples, reviews, their agreement, and what turns cost: the parts without a server.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/insight/cost_log.h"
#include "server/insight/outcome_book.h"
#include "server/quality/agreement.h"
#include "server/quality/sample.h"
#include "server/quality/scores.h"
#include "server/turns/cpu_meter.h"

namespace frontdesk::server {
namespace {

using dialog::Event;

ConversationFacts Reviewed(const std::string& id, const std::vector<dialog::Review>& reviews) {
  storage::Conversation row;
  row.id = storage::ConversationId(id);
  std::vector<Event> events = {dialog::ConversationStarted{.now_ms = 1000},
                               dialog::Received{.turn = 1, .text = "x", .now_ms = 2000},
                               dialog::TurnCompleted{.turn = 1, .outcome = "answered"},
                               dialog::ConversationEnded{"customer", 3000}};
  for (const dialog::Review& review : reviews) events.emplace_back(dialog::ReviewEvent(review, 9'000'000));
  return FactsOf(row, events);
}

dialog::Review By(const std::string& reviewer, const std::map<std::string, int64_t>& scores) {
  return {.reviewer = reviewer, .card = "service", .scores = scores};
}

TEST(Agreement, IsThatOfTheSourcesWorkedExample) {
  // Krippendorff (2011), section C: four observers, twelve units, five values, some missing; his
  // values 1 to 5 are ours 0 to 4. Alpha: nominal .743, ordinal .815.
  const std::vector<std::vector<int64_t>> units = {
      {0, 0, 0},    {1, 1, 2, 1}, {2, 2, 2, 2}, {2, 2, 2, 2}, {1, 1, 1, 1}, {0, 1, 2, 3},
      {3, 3, 3, 3}, {0, 0, 1, 0}, {1, 1, 1, 1}, {4, 4, 4},    {0, 0},       {2}};
  EXPECT_NEAR(*KrippendorffAlpha(units, 5, Scale::kNominal), 0.743, 5e-4);
  EXPECT_NEAR(*KrippendorffAlpha(units, 5, Scale::kOrdinal), 0.815, 5e-4);
}

TEST(Agreement, ItsEnds) {
  using Units = std::vector<std::vector<int64_t>>;
  EXPECT_DOUBLE_EQ(*KrippendorffAlpha(Units{{0, 0}, {1, 1}, {2, 2}}, 3, Scale::kOrdinal), 1);
  EXPECT_LT(*KrippendorffAlpha(Units{{0, 1}, {1, 0}, {0, 1}}, 2, Scale::kNominal), 0);
  EXPECT_FALSE(KrippendorffAlpha(Units{{0}, {1}}, 2, Scale::kNominal)) << "nothing was scored twice";
  EXPECT_FALSE(KrippendorffAlpha(Units{{1, 1}, {1, 1}}, 2, Scale::kNominal)) << "no variation";
}

TEST(ScoreCard, ReadsAWholeFileAndNamesEveryFault) {
  const auto card = ReadScoreCard(R"(
card: care
sample: {seed: 7, random: 12.5%, rules: [abandoned, escalated.tool_failed]}
questions:
  heard: {ask: "Was the customer heard?", answers: ["no", "partly", "yes"]}
  kind: {ask: "Was it kind?"}
)");
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(card->name, "care");
  EXPECT_EQ(card->random, 125'000);
  EXPECT_EQ(card->questions.size(), 2u);
  EXPECT_EQ(card->Find("kind")->answers.size(), 2u) << "no and yes unless said otherwise";
  const absl::Status bad = ReadScoreCard(R"(card: care
sample: {random: lots, rules: [nonsense]}
questions:
  Heard: {ask: "x", answers: ["one"]}
  mute: {}
colour: red
)").status();
  for (const char* part : {"quality.yaml:2: sample: 'lots' is no share", "'nonsense' is no figure", "'Heard' is no name",
                           "question Heard has no 2 to 7", "add ask", "colour"}) {
    EXPECT_TRUE(absl::StrContains(bad.message(), part)) << part << " in\n" << bad.message();
  }
  EXPECT_TRUE(absl::StrContains(ReadScoreCard("questions: [").status().message(), "does not parse"));
  for (const std::string& rule : DefaultScoreCard().rules) EXPECT_FALSE(DefinitionOf(rule).empty()) << rule;
}

TEST(Sample, TakesAllThatARuleNamesAndAShareOfTheRest) {
  ScoreCard card = DefaultScoreCard();
  std::vector<ConversationFacts> facts;
  for (int i = 0; i < 20'000; ++i) {
    ConversationFacts one{.id = absl::StrCat("c-", i), .position = i + 1, .turns = 1, .last_outcome = "answered"};
    one.ended = i % 10 != 0;                // a tenth still goes on
    one.score = i % 100 == 1 ? 1 : 0;       // some are rated badly
    facts.push_back(std::move(one));
  }
  const auto judged = Judge(facts);
  const std::vector<Sampled> sample = DrawSample(judged, card);
  int by_rule = 0, by_chance = 0;
  for (const Sampled& one : sample) {
    EXPECT_TRUE(one.conversation->facts->ended);
    const bool bad = one.conversation->facts->score == 1;
    by_rule += bad ? 1 : 0;
    EXPECT_EQ(bad, one.chosen_by.front() == "negative_feedback");
    by_chance += one.chosen_by.back() == "random" ? 1 : 0;
  }
  EXPECT_EQ(by_rule, 200) << "every one that the rule names";
  // 18,000 lots of 5 %: mean 900, standard deviation 29.
  EXPECT_NEAR(by_chance, 900, 5 * 29);
  const auto names = [&](const ScoreCard& of) {
    std::vector<std::string> list;
    for (const Sampled& one : DrawSample(judged, of)) list.push_back(one.conversation->facts->id);
    return list;
  };
  EXPECT_EQ(names(card), names(card));
  ScoreCard other = card;
  other.seed = 2;
  EXPECT_NE(names(card), names(other)) << "another seed, another draw";
}

TEST(Reviews, TheLastOfAReviewerCountsAndChangesNothingElse) {
  const ConversationFacts facts = Reviewed(
      "c-1", {By("ines", {{"right", 0}}), By("omar", {{"right", 1}}), By("ines", {{"right", 2}, {"manner", 2}})});
  ASSERT_EQ(facts.reviews.size(), 2u);
  EXPECT_EQ(facts.reviews.back().scores.at("right"), 2);
  EXPECT_EQ(facts.last_ms, 3000) << "a review is no sign of life of the conversation";
  EXPECT_EQ(facts.deflection(), Reviewed("c-1", {}).deflection());
  const std::vector<ConversationFacts> all = {facts, Reviewed("c-2", {})};
  const auto judged = Judge(all);
  EXPECT_TRUE(IsBehind("reviewed", judged[0]));
  EXPECT_FALSE(IsBehind("reviewed", judged[1]));
}

TEST(Reviews, ScoresAreCountedAveragedAndCompared) {
  const ScoreCard card = DefaultScoreCard();
  const std::vector<ConversationFacts> facts = {
      Reviewed("same", {By("ines", {{"right", 2}, {"rules", 1}}), By("omar", {{"right", 2}, {"rules", 1}})}),
      Reviewed("apart", {By("ines", {{"right", 0}}), By("omar", {{"right", 2}})}),
      Reviewed("near", {By("ines", {{"right", 1}}), By("omar", {{"right", 2}})}),
      Reviewed("other card", {{.reviewer = "ines", .card = "old", .scores = {{"right", 0}}}}),
      Reviewed("gone question", {By("ines", {{"charming", 1}, {"right", 7}})}),
  };
  const auto judged = Judge(facts);
  const QualityScores quality = MeasureQuality(judged, card);
  const auto question = [&](std::string_view name) {
    return *std::find_if(quality.questions.begin(), quality.questions.end(),
                         [name](const QuestionScores& q) { return q.question->name == name; });
  };
  EXPECT_EQ(question("right").given, (std::vector<int64_t>{1, 1, 4}));
  EXPECT_DOUBLE_EQ(question("right").mean, 9.0 / 12);
  EXPECT_EQ(question("right").scored_twice, 3);
  EXPECT_TRUE(question("right").agreement.has_value());
  EXPECT_FALSE(question("rules").agreement.has_value()) << "all answers are the same";
  EXPECT_DOUBLE_EQ(quality.mean, (9.0 / 2 + 2) / 8);
  EXPECT_EQ(quality.disputed, (std::vector<std::string>{"apart", "near"})) << "widest first";
}

TEST(CpuMeter, SharesTheProcessAmongTheTurnsThatRun) {
  absl::Duration used;
  CpuMeter meter([&used] { return used; });
  used += absl::Seconds(5);  // nobody ran: nobody pays
  const absl::Duration a = meter.Begin();
  used += absl::Seconds(2);  // a alone
  const absl::Duration b = meter.Begin();
  used += absl::Seconds(4);  // both
  const absl::Duration cost_a = meter.End(a);
  used += absl::Seconds(1);  // b alone
  const absl::Duration cost_b = meter.End(b);
  EXPECT_EQ(cost_a, absl::Seconds(4));
  EXPECT_EQ(cost_b, absl::Seconds(3));
  EXPECT_EQ(cost_a + cost_b, absl::Seconds(7)) << "what was used while any of them ran";
}

TEST(Costs, AreKeptOutsideTheConversationsAndReadOn) {
  const std::string folder = testing::TempDir() + absl::StrCat("frontdesk-costs-", ::getpid());
  std::filesystem::create_directories(folder);
  {
    auto store = storage::Store::Open({.path = folder + "/frontdesk.db"});
    ASSERT_TRUE(store.ok()) << store.status();
    CostLog log(**store);
    CostBook book(**store);
    EXPECT_TRUE(book.Refresh().ok()) << "nothing was written yet";
    EXPECT_TRUE(log.Flush(absl::Now()).ok());
    for (int turn = 1; turn <= 1200; ++turn)
      log.Add(storage::ConversationId(absl::StrCat("c-", turn % 2)), turn, absl::Microseconds(10));
    ASSERT_TRUE(log.Flush(absl::Now()).ok());
    ASSERT_TRUE(book.Refresh().ok());
    EXPECT_EQ(book.CpuUs("c-0"), 6000);
    log.Add(storage::ConversationId("c-0"), 1201, absl::Milliseconds(1));
    ASSERT_TRUE(log.Flush(absl::Now()).ok());
    ASSERT_TRUE(book.Refresh().ok());
    EXPECT_EQ(book.CpuUs("c-0"), 7000) << "each entry once";
    EXPECT_EQ((*store)->Read(storage::ConversationId(kCostConversation), 0, 100)->size(), 4u)
        << "some hundred turns an event";
    EXPECT_TRUE((*store)->ListConversations({})->empty()) << "it is nobody's conversation";
    EXPECT_TRUE((*store)->VerifyChain(storage::ConversationId(kCostConversation)).ok());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace frontdesk::server
