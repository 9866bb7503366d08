#include "retrieval/answer_sentences.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "retrieval/knowledge_base.h"

namespace frontdesk::retrieval {
namespace {

class AnswerSentences : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        base_
            .Upsert(std::vector<Document>{
                {.id = "warranty.md",
                 .format = Document::kMarkdown,
                 .bytes =
                     "# Warranty\n\nThank you for buying from us. Every lamp is covered for two "
                     "years from delivery. Batteries are covered for six months. To claim, send "
                     "the receipt and a photo.\n\n## Not covered\n\nWe do not cover:\n\n- water "
                     "damage\n- lost parts\n"},
                {.id = "other.md",
                 .format = Document::kMarkdown,
                 .bytes =
                     "# Other\n\nParcels from the shop are covered by tracking for two days.\n"}})
            .ok());
    snapshot_ = base_.snapshot();
  }
  std::vector<std::string> Answer(std::string_view query, const AnswerOptions& options = {},
                                  size_t passage = 1) {
    const Passage& p = *snapshot_->Passages()[passage];
    const auto best = SelectAnswerSentences(p, query, *snapshot_, options);
    EXPECT_TRUE(best.ok()) << best.status();
    std::vector<std::string> out;
    for (const AnswerSentence& s : *best) out.emplace_back(text::Slice(p.text, s.span));
    return out;
  }
  KnowledgeBase base_{{}};
  std::shared_ptr<const KnowledgeSnapshot> snapshot_;
};

using Strings = std::vector<std::string>;

TEST_F(AnswerSentences, TheSentenceThatCoversTheQuestion) {
  EXPECT_EQ(Answer("how long is a lamp covered", {.max_sentences = 1}),
            Strings{"Every lamp is covered for two years from delivery."});
  EXPECT_EQ(Answer("battery warranty months", {.max_sentences = 1}),
            Strings{"Batteries are covered for six months."});
}

TEST_F(AnswerSentences, NothingWhenNoWordIsShared) {
  EXPECT_TRUE(Answer("zebra crossing").empty());
  EXPECT_TRUE(Answer("").empty());
  EXPECT_TRUE(Answer("😀").empty());
  EXPECT_TRUE(Answer("warranty").empty()) << "a word of the title alone answers nothing";
}

TEST_F(AnswerSentences, AColonBringsWhatItAnnounces) {
  EXPECT_EQ(Answer("what do you not cover", {.max_sentences = 3}, 2),
            (Strings{"We do not cover:", "water damage", "lost parts"}));
}

TEST_F(AnswerSentences, ReadingOrderAndLimit) {
  const auto two = Answer("covered batteries and lamp receipt photo claim",
                          {.max_sentences = 2, .keep_share = 0});
  ASSERT_EQ(two.size(), 2u);
  const Passage& p = *snapshot_->Passages()[1];
  EXPECT_LT(p.text.find(two[0]), p.text.find(two[1]));
  for (const int n : {0, 11}) {
    EXPECT_FALSE(SelectAnswerSentences(p, "lamp", *snapshot_, {.max_sentences = n}).ok());
  }
}

TEST_F(AnswerSentences, AnEncoderCanFindWhatWordsDoNot) {
  const EmbedFn embed =
      [](std::span<const std::string> texts) -> absl::StatusOr<std::vector<std::vector<float>>> {
    std::vector<std::vector<float>> out;
    for (const std::string& text : texts) {
      const bool proof = text.find("receipt") != std::string::npos || text == "evidence needed";
      out.push_back(proof ? std::vector<float>{1, 0} : std::vector<float>{0, 1});
    }
    return out;
  };
  EXPECT_EQ(Answer("evidence needed", {.max_sentences = 1, .embed = embed}),
            Strings{"To claim, send the receipt and a photo."});
  const EmbedFn broken =
      [](std::span<const std::string>) -> absl::StatusOr<std::vector<std::vector<float>>> {
    return absl::UnavailableError("gone");
  };
  const Passage& p = *snapshot_->Passages()[1];
  EXPECT_EQ(SelectAnswerSentences(p, "lamp", *snapshot_, {.embed = broken}).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace frontdesk::retrieval
