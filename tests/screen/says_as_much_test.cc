#include "dialog/answer/says_as_much.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace frontdesk::dialog {
namespace {

constexpr std::string_view kText =
    "Standard delivery to Germany costs 5.95 euro. It takes 3 to 4 working days. Parcels are scanned daily.";

std::vector<FoundPassage> Passages() {
  FoundPassage passage;
  passage.text = std::string(kText);
  passage.language = "en";
  return {passage};
}

text::Span SpanOf(std::string_view sentence) {
  const size_t at = kText.find(sentence);
  return {static_cast<uint32_t>(at), static_cast<uint32_t>(at + sentence.size())};
}

const std::string kCost = "Standard delivery to Germany costs 5.95 euro.";
const std::string kTime = "It takes 3 to 4 working days.";
const std::string kScans = "Parcels are scanned daily.";

std::vector<Extract> Quoted() { return {{0, SpanOf(kCost), 900'000}, {0, SpanOf(kTime), 300'000}}; }

TEST(SaysAsMuch, TheModelMayLeaveOutWhatWasNotAsked) {
  EXPECT_TRUE(SaysAsMuch("what does delivery to Germany cost?", {{kCost, 0, SpanOf(kCost)}}, Quoted(),
                         Passages()));
}

TEST(SaysAsMuch, ItRestsOnTheSentenceThatWasChosenFirst) {
  EXPECT_FALSE(SaysAsMuch("what does delivery to Germany cost?", {{kScans, 0, SpanOf(kScans)}},
                          Quoted(), Passages()));
  EXPECT_FALSE(SaysAsMuch("what does delivery to Germany cost?", {}, Quoted(), Passages()));
}

TEST(SaysAsMuch, AValueThatIsAskedForIsNotLeftToTheQuote) {
  EXPECT_FALSE(SaysAsMuch("how long does delivery to Germany take?", {{kCost, 0, SpanOf(kCost)}},
                          Quoted(), Passages()));
  EXPECT_TRUE(SaysAsMuch("how long does delivery to Germany take?",
                         {{kCost, 0, SpanOf(kCost)}, {kTime, 0, SpanOf(kTime)}}, Quoted(), Passages()));
}

TEST(SaysAsMuch, NoWordOfTheQuestionIsLost) {
  EXPECT_FALSE(SaysAsMuch("what does standard delivery to Germany cost?",
                          {{"Delivery costs 5.95 euro.", 0, SpanOf(kCost)}}, Quoted(), Passages()));
}

}  // namespace
}  // namespace frontdesk::dialog
