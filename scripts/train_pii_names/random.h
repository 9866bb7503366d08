// A small generator of numbers that is the same everywhere (xorshift64, Marsaglia 2003).
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace frontdesk::tools {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2654435769u + 88172645463325252ull) {}
  std::uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return state_ ^= state_ << 17;
  }
  std::size_t Below(std::size_t n) { return (Next() >> 11) % n; }
  template <class List>
  auto& Of(List& list) {
    return list[Below(std::size(list))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace frontdesk::tools
