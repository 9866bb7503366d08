// The bias check's own arithmetic and styles.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "dialog/policy/measure_bias.h"

namespace frontdesk::dialog {
namespace {

TEST(Intervals, WilsonsAreTheTextbooks) {
  const Interval half = WilsonInterval(50, 100);
  EXPECT_NEAR(half.low, 0.4038, 1e-3);
  EXPECT_NEAR(half.high, 0.5962, 1e-3);
  EXPECT_DOUBLE_EQ(WilsonInterval(0, 20).low, 0.0);
  EXPECT_NEAR(WilsonInterval(0, 20).high, 0.1611, 1e-3);
}

TEST(Intervals, APairedDifferenceLeavesOutZeroOnlyWhenItIsThere) {
  const auto difference = [](size_t gained, size_t lost) {
    std::vector<double> all(100, 0.0);
    std::fill_n(all.begin(), gained, 1.0);
    std::fill_n(all.rbegin(), lost, -1.0);
    return PairedDifference(all);
  };
  EXPECT_LT(difference(0, 0).low, 0);
  EXPECT_GT(difference(0, 0).high, 0);
  EXPECT_LT(difference(3, 3).low, 0);
  EXPECT_GT(difference(3, 3).high, 0);
  EXPECT_GT(difference(30, 2).low, 0);
  EXPECT_LT(difference(2, 30).high, 0);
  EXPECT_DOUBLE_EQ(difference(30, 2).share, 0.28);
  // By hand: m = 102, middle = 28/102, half = 1.96 · sqrt(33 - 28²/102) / 102.
  EXPECT_NEAR(difference(30, 2).low, 0.28 * 100 / 102 - 0.0967, 1e-3);
}

TEST(Styles, EveryGroupChangesSomeMessageAndKeepsIt) {
  const std::string text = "Where is my order, please? I don't have the parcel and you said the return is free.";
  for (const auto& [kind, group] : BiasGroups()) {
    const std::string styled = InStyle(text, kind, group, 0);
    EXPECT_NE(styled, text) << group;
    EXPECT_EQ(styled, InStyle(text, kind, group, 0)) << group;
    const std::string low = absl::AsciiStrToLower(styled);
    EXPECT_TRUE(absl::StrContains(low, "return") || absl::StrContains(low, "retrun") ||
                absl::StrContains(low, "reutrn"))
        << styled;
  }
}

TEST(Styles, NamesTakeTurns) {
  EXPECT_NE(InStyle("hello", "name", "Polish", 0), InStyle("hello", "name", "Polish", 1));
  EXPECT_EQ(InStyle("hello", "name", "Polish", 0), "Hi, my name is Agnieszka Kowalczyk. hello");
}

}  // namespace
}  // namespace frontdesk::dialog
