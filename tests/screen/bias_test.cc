// The bias check's own arithmetic and styles.
#include <gtest/gtest.h>

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
  EXPECT_LT(PairedDifference(3, 3, 100).low, 0);
  EXPECT_GT(PairedDifference(3, 3, 100).high, 0);
  EXPECT_GT(PairedDifference(30, 2, 100).low, 0);
  EXPECT_LT(PairedDifference(2, 30, 100).high, 0);
  EXPECT_DOUBLE_EQ(PairedDifference(30, 2, 100).share, 0.28);
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
