#include "text/lines.h"

#include <gtest/gtest.h>

namespace frontdesk::text {
namespace {

TEST(Lines, AreNumberedAndEmptyOnesLeftOut) {
  const auto lines = NonEmptyLines("\none\n\n two \nlast");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].number, 2);
  EXPECT_EQ(lines[0].text, "one");
  EXPECT_EQ(lines[1].number, 4);
  EXPECT_EQ(lines[1].text, " two ");
  EXPECT_EQ(lines[2].number, 5);
  EXPECT_EQ(lines[2].text, "last");
  EXPECT_TRUE(NonEmptyLines("").empty());
  EXPECT_TRUE(NonEmptyLines("\n\n").empty());
}

}  // namespace
}  // namespace frontdesk::text
