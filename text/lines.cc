#include "text/lines.h"

#include <algorithm>

namespace frontdesk::text {

std::vector<NumberedLine> NonEmptyLines(std::string_view text) {
  std::vector<NumberedLine> lines;
  int number = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    ++number;
    if (end > at) lines.push_back({number, text.substr(at, end - at)});
    at = end + 1;
  }
  return lines;
}

}  // namespace frontdesk::text
