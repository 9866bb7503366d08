// The lines of a text that hold something, with their numbers: what readers of JSON lines walk.
#pragma once

#include <string_view>
#include <vector>

namespace frontdesk::text {

struct NumberedLine {
  int number = 0;         // from 1; empty lines are counted too
  std::string_view text;  // without its line end; of the text given
};

// Lines end with '\n'; empty ones are left out. Pure. Cost: O(bytes).
std::vector<NumberedLine> NonEmptyLines(std::string_view text);

}  // namespace frontdesk::text
