// Choosing tokens: ties, cut-offs, and the counter-based random stream.

#include "llm/runtime/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

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

}  // namespace
}  // namespace frontdesk::llm
