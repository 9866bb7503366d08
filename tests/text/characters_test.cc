#include "text/characters.h"

#include <gtest/gtest.h>

namespace frontdesk::text {
namespace {

TEST(Characters, UnassignedCodePointsAloneSayNothing) {
  EXPECT_TRUE(HoldsAssigned("where"));
  EXPECT_TRUE(HoldsAssigned("أين"));
  EXPECT_TRUE(HoldsAssigned("😀"));
  EXPECT_TRUE(HoldsAssigned("\u0378a"));
  EXPECT_FALSE(HoldsAssigned("\u0378\u0379"));
  EXPECT_FALSE(HoldsAssigned(""));
}

}  // namespace
}  // namespace frontdesk::text
