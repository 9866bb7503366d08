// A half-open range of byte offsets in a text.
#pragma once

#include <cstdint>
#include <string_view>

namespace frontdesk::text {

struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  uint32_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  friend bool operator==(const Span&, const Span&) = default;
};

// The bytes of the span. Precondition: begin <= end <= text.size().
inline std::string_view Slice(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

}  // namespace frontdesk::text
