#include "text/fuzzy.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "text/utf8.h"

namespace frontdesk::text {
namespace {

std::u32string Decode(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) out.push_back(NextCodePoint(text, &at));
  return out;
}

// Rows of the alignment table are kept for three characters of a; only the diagonal
// band of width 2 max + 1 can hold a distance <= max.
int BandedDistance(const std::u32string& a, const std::u32string& b, int max) {
  const int n = static_cast<int>(a.size());
  const int m = static_cast<int>(b.size());
  const int over = max + 1;
  if (std::abs(n - m) > max) return over;
  std::vector<int> before(m + 1, over), last(m + 1, over), row(m + 1, over);
  for (int j = 0; j <= std::min(m, max); ++j) last[j] = j;
  for (int i = 1; i <= n; ++i) {
    const int from = std::max(1, i - max);
    const int to = std::min(m, i + max);
    std::fill(row.begin(), row.end(), over);
    row[0] = i <= max ? i : over;
    int best = row[0];
    for (int j = from; j <= to; ++j) {
      int cost = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost = std::min({cost, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost = std::min(cost, before[j - 2] + 1);
      }
      row[j] = std::min(cost, over);
      best = std::min(best, row[j]);
    }
    if (best > max && *std::min_element(last.begin(), last.end()) > max) return over;
    std::swap(before, last);
    std::swap(last, row);
  }
  return std::min(last[m], over);
}

}  // namespace

int EditDistance(std::string_view a, std::string_view b, int max) {
  if (a == b) return 0;
  return BandedDistance(Decode(a), Decode(b), std::max(max, 0));
}

double Similarity(std::string_view a, std::string_view b) {
  const std::u32string x = Decode(a);
  const std::u32string y = Decode(b);
  const size_t longer = std::max(x.size(), y.size());
  if (longer == 0) return 1.0;
  const int distance = BandedDistance(x, y, static_cast<int>(longer));
  return 1.0 - static_cast<double>(distance) / static_cast<double>(longer);
}

}  // namespace frontdesk::text
