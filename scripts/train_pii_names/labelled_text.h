// A text with its names and addresses marked.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace frontdesk::tools {

struct Labelled {
  std::string text;
  struct Span {
    std::size_t begin, end;  // bytes
    int kind;                // 0 person, 1 address, 2 place, 3 company
  };
  std::vector<Span> spans;
  std::string source;
};

// Reads lines {"text","spans":[{"start","end","type"}],"source"}, offsets in code points.
// Lines that are no JSON object and spans of other types or outside their text are left out.
std::vector<Labelled> ReadLabelled(const std::string& path);

}  // namespace frontdesk::tools
