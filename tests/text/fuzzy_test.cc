#include "text/fuzzy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace frontdesk::text {
namespace {

// The plain twin: the whole table.
int PlainDistance(const std::string& a, const std::string& b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = static_cast<int>(i + j);
        continue;
      }
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

TEST(EditDistance, Cases) {
  EXPECT_EQ(EditDistance("", "", 3), 0);
  EXPECT_EQ(EditDistance("abc", "", 3), 3);
  EXPECT_EQ(EditDistance("recieve", "receive", 2), 1);
  EXPECT_EQ(EditDistance("größe", "grösse", 3), 2);
  EXPECT_EQ(EditDistance("kitten", "sitting", 5), 3);
  EXPECT_EQ(EditDistance("kitten", "sitting", 2), 3);
  EXPECT_EQ(EditDistance("a", "abcdef", 0), 1);
  EXPECT_EQ(EditDistance("😀", "😁", 1), 1);
}

TEST(EditDistance, BandAgreesWithTheWholeTable) {
  std::mt19937 random(1);
  for (int round = 0; round < 30000; ++round) {
    std::string a(random() % 9, 'a'), b(random() % 9, 'a');
    for (char& c : a) c = static_cast<char>('a' + random() % 3);
    for (char& c : b) c = static_cast<char>('a' + random() % 3);
    const int max = static_cast<int>(random() % 9);
    ASSERT_EQ(EditDistance(a, b, max), std::min(PlainDistance(a, b), max + 1))
        << a << " " << b << " " << max;
  }
}

TEST(Similarity, IsAShareOfTheLongerString) {
  EXPECT_DOUBLE_EQ(Similarity("", ""), 1.0);
  EXPECT_DOUBLE_EQ(Similarity("abc", "abc"), 1.0);
  EXPECT_DOUBLE_EQ(Similarity("warrenty", "warranty"), 0.875);
  EXPECT_DOUBLE_EQ(Similarity("abc", "xyz"), 0.0);
}

}  // namespace
}  // namespace frontdesk::text
