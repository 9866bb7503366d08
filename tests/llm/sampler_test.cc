// Choosing tokens: ties, cut-offs, and the counter-based random stream.

#include "llm/runtime/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "llm/runtime/draft_length.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

TEST(SamplerTest, BestTokenAndGap) {
  const std::vector<float> logits = {1.0f, 4.0f, -2.0f, 4.0f, 3.5f};
  const BestToken best = FindBest(logits);
  EXPECT_EQ(best.id, 1);  // the lower id wins a tie
  EXPECT_EQ(best.gap, 0.0f);
  EXPECT_EQ(FindBest(std::vector<float>{5, 7, 6}).gap, 1.0f);
}

TEST(SamplerTest, PhiloxIsAFixedFunctionOfItsCounter) {
  // Known answer of Philox 4x32-10 for key 0 and counter 0: 6627e8d5 e169c58d ….
  EXPECT_EQ(UniformAt({0, 0}, 0), static_cast<double>(0xE169C58D6627E8D5ull >> 11) * 0x1p-53);
  const RandomStream stream = StreamOf({"conversations/17", 3});
  EXPECT_EQ(UniformAt(stream, 5), UniformAt(stream, 5));
  EXPECT_NE(UniformAt(stream, 5), UniformAt(stream, 6));
  EXPECT_NE(UniformAt(stream, 5), UniformAt(StreamOf({"conversations/17", 4}), 5));
  EXPECT_NE(UniformAt(stream, 5), UniformAt(StreamOf({"conversations/18", 3}), 5));
  double sum = 0;
  for (uint64_t i = 0; i < 10000; ++i) sum += UniformAt(stream, i);
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(SamplerTest, DrawsFollowTheProbabilities) {
  const std::vector<float> logits = {0.0f, std::log(2.0f), std::log(5.0f), -60.0f};
  std::map<int, int> counts;
  for (uint64_t i = 0; i < 8000; ++i) {
    ++counts[ChooseToken(logits, {.temperature = 1}, StreamOf({"c", 1}), i)];
  }
  EXPECT_NEAR(counts[0], 1000, 130);
  EXPECT_NEAR(counts[1], 2000, 170);
  EXPECT_NEAR(counts[2], 5000, 200);
  EXPECT_EQ(counts[3], 0);
}

TEST(SamplerTest, CutOffsLeaveOnlyTheBest) {
  const std::vector<float> logits = {0.0f, 1.0f, 3.0f, 2.0f};
  const struct {
    const char* name;
    Sampling sampling;
    int distinct;
  } kCases[] = {{"greedy", {}, 1},
                {"top_k 1", {.temperature = 2, .top_k = 1}, 1},
                {"top_k 2", {.temperature = 2, .top_k = 2}, 2},
                {"top_p tiny", {.temperature = 1, .top_p = 0.1}, 1},
                {"top_p most", {.temperature = 1, .top_p = 0.8}, 2},
                {"all", {.temperature = 5}, 4}};
  for (const auto& c : kCases) {
    std::map<int, int> counts;
    for (uint64_t i = 0; i < 2000; ++i) ++counts[ChooseToken(logits, c.sampling, {1, 2}, i)];
    EXPECT_EQ(static_cast<int>(counts.size()), c.distinct) << c.name;
    EXPECT_GT(counts[2], 0) << c.name;
  }
}

TEST(FindBestTest, AgreesWithAPlainWalk) {
  TestRandom random(7);
  for (int size : {1, 2, 63, 64, 65, 66, 129, 1000}) {
    for (int round = 0; round < 40; ++round) {
      std::vector<float> logits(size);
      // Few values, so that equals are common.
      for (float& logit : logits) logit = static_cast<float>(random.Below(round + 1)) - 3;
      size_t best = 0;
      for (size_t i = 1; i < logits.size(); ++i) best = logits[i] > logits[best] ? i : best;
      float second = -std::numeric_limits<float>::infinity();
      for (size_t i = 0; i < logits.size(); ++i) {
        if (i != best) second = std::max(second, logits[i]);
      }
      const BestToken found = FindBest(logits);
      EXPECT_EQ(found.id, static_cast<int32_t>(best)) << size;
      EXPECT_EQ(found.logit, logits[best]);
      EXPECT_EQ(found.gap, logits[best] - second);
    }
  }
}

TEST(DraftLengthTest, GrowsWithTruthAndRestsAfterMisses) {
  DraftLength length(DraftLength::kShort, DraftLength::kLong);
  EXPECT_EQ(length.Next(), DraftLength::kShort);
  length.Took(7, 7);
  EXPECT_EQ(length.Next(), DraftLength::kLong);
  length.Took(11, 4);
  EXPECT_EQ(length.Next(), DraftLength::kShort);
  length.Took(7, 0);  // once is no pattern
  EXPECT_EQ(length.Next(), DraftLength::kShort);
  length.Took(7, 0);
  for (int step = 0; step < 4; ++step) EXPECT_EQ(length.Next(), 0);
  EXPECT_EQ(length.Next(), DraftLength::kShort);
  for (int i = 0; i < 9; ++i) length.Took(7, 0);
  int pause = 0;
  while (length.Next() == 0) ++pause;
  EXPECT_EQ(pause, DraftLength::kLongestPause);
  length.Took(7, 1);
  EXPECT_EQ(length.Next(), DraftLength::kShort);
  DraftLength forced(DraftLength::kForced, DraftLength::kForced);
  forced.Took(3, 1);
  EXPECT_EQ(forced.Next(), DraftLength::kForced);
}

}  // namespace
}  // namespace frontdesk::llm
