#include "retrieval/report/knowledge_report.h"

#include <gtest/gtest.h>

#include "nlohmann/json.hpp"
#include "retrieval/knowledge_base.h"
#include "tests/retrieval/small_shop.h"

namespace frontdesk::retrieval {
namespace {

constexpr CalendarDay kToday = {2026, 11, 24};

std::shared_ptr<const KnowledgeSnapshot> Snapshot(const std::vector<Document>& documents,
                                                  bool embed = false) {
  KnowledgeBase base({.embed = embed ? EmbedFn(WordVectors) : EmbedFn()});
  EXPECT_TRUE(base.Upsert(documents).ok());
  return base.snapshot();
}

KnowledgeReport Report(const std::vector<Document>& documents,
                       std::vector<std::string> questions = {}) {
  // The passages of the report live as long as the snapshot.
  static std::vector<std::shared_ptr<const KnowledgeSnapshot>> kept;
  kept.push_back(Snapshot(documents));
  auto report = MakeReport(*kept.back(), {.today = kToday, .questions = std::move(questions)});
  EXPECT_TRUE(report.ok()) << report.status();
  return *report;
}

TEST(KnowledgeReport, NothingToSayAboutAGoodBase) {
  const KnowledgeReport report = Report(Shop(), {"how many days until a refund reaches my card"});
  EXPECT_TRUE(report.empty()) << ToText(report);
  EXPECT_TRUE(Report({}).empty());
}

TEST(KnowledgeReport, NearDuplicatesOfOtherDocuments) {
  const std::string text =
      "A parcel that is lost on the way is searched for by the carrier within five working days.";
  const KnowledgeReport report =
      Report({{.id = "a", .bytes = text},
              {.id = "b", .bytes = text + " We tell you."},
              {.id = "c", .bytes = "A tent is washed by hand with cold water and dried in shade."}});
  ASSERT_EQ(report.duplicates.size(), 1u);
  EXPECT_EQ(report.duplicates[0].first->document_id, "a");
  EXPECT_EQ(report.duplicates[0].second->document_id, "b");
  EXPECT_GE(report.duplicates[0].alike, 700);
  EXPECT_LT(report.duplicates[0].alike, 1000);
}

TEST(KnowledgeReport, NumbersThatContradictEachOther) {
  const KnowledgeReport report = Report(
      {{.id = "faq", .bytes = "You can return unused items within 30 days of delivery."},
       {.id = "policy", .bytes = "Unused items can be returned within 14 days of the delivery."},
       {.id = "same", .bytes = "Return unused items within 30 days of delivery."},
       {.id = "other", .bytes = "The lamp burns for 14 hours on a full battery charge."}});
  ASSERT_EQ(report.conflicts.size(), 2u) << ToText(report);
  for (const NumberConflict& conflict : report.conflicts) {
    EXPECT_NE(conflict.first_number, conflict.second_number);
    EXPECT_TRUE(conflict.first.passage->document_id == "policy" ||
                conflict.second.passage->document_id == "policy");
  }
}

TEST(KnowledgeReport, DatesThatHavePassed) {
  const struct {
    const char* text;
    bool stale;
  } cases[] = {
      {"The offer is valid until 31 December 2025.", true},
      {"The offer is valid until December 31, 2025.", true},
      {"Gültig bis 31.12.2025 in allen Läden.", true},
      {"Prices as of 2025-01-15 apply.", true},
      {"Jusqu'au 1er mars, livraison gratuite; valable jusqu'au 3 mars 2026.", true},
      {"The sale ends in March 2026.", true},
      {"The offer is valid until 31 December 2026.", false},
      {"From 1 March 2026 until 1 March 2027 we pay the shipping.", false},
      {"We were founded in 1998.", false},
      {"Order 2024 lamps and get one more.", false},
      {"The tent weighs 2.1.2 kg and costs 2020 euros.", false},
  };
  for (const auto& [text, stale] : cases) {
    EXPECT_EQ(Report({{.id = "d", .bytes = text}}).stale.size(), stale ? 1u : 0u) << text;
  }
}

TEST(KnowledgeReport, QuestionsThatFoundNothing) {
  const KnowledgeReport report =
      Report(Shop(), {"do you sell gift vouchers", "refund days card parcel", ""});
  ASSERT_EQ(report.gaps.size(), 2u);
  EXPECT_EQ(report.gaps[0].question, "do you sell gift vouchers");
  const auto with_embeddings = Snapshot(Shop(), true);
  const auto embedded = MakeReport(
      *with_embeddings, {.today = kToday, .questions = {"gift vouchers", "parcel refund card"}});
  ASSERT_TRUE(embedded.ok());
  EXPECT_EQ(embedded->gaps.size(), 1u);
  EXPECT_EQ(ToJson(*embedded)["gaps"][0]["question"], "gift vouchers");
}

}  // namespace
}  // namespace frontdesk::retrieval
