#include "llm/constraint/utf8_ranges.h"

#include <algorithm>

namespace frontdesk::llm {
namespace {

int Encode(uint32_t c, uint8_t out[4]) {
  if (c < 0x80) {
    out[0] = static_cast<uint8_t>(c);
    return 1;
  }
  const int size = c < 0x800 ? 2 : (c < 0x10000 ? 3 : 4);
  for (int i = size - 1; i > 0; --i) {
    out[i] = static_cast<uint8_t>(0x80 | (c & 63));
    c >>= 6;
  }
  out[0] = static_cast<uint8_t>((0xF00 >> size & 0xFF) | c);
  return size;
}

// first and last are written with the same number of bytes. Cuts until all bytes but the
// leading ones run over their whole range.
void Split(uint32_t first, uint32_t last, std::vector<Utf8Sequence>& out) {
  for (int i = 1; i < 4; ++i) {
    const uint32_t low = (uint32_t{1} << (6 * i)) - 1;
    if (first <= 0x7F) break;
    if ((first & ~low) == (last & ~low)) continue;
    if ((first & low) != 0) {
      Split(first, first | low, out);
      Split((first | low) + 1, last, out);
      return;
    }
    if ((last & low) != low) {
      Split(first, (last & ~low) - 1, out);
      Split(last & ~low, last, out);
      return;
    }
  }
  uint8_t from[4], to[4];
  const int size = Encode(first, from);
  Encode(last, to);
  Utf8Sequence sequence;
  for (int i = 0; i < size; ++i) sequence.emplace_back(from[i], to[i]);
  out.push_back(std::move(sequence));
}

}  // namespace

std::vector<Utf8Sequence> Utf8Ranges(uint32_t first, uint32_t last) {
  // Characters of each length apart, without the surrogates D800..DFFF.
  constexpr std::pair<uint32_t, uint32_t> kLengths[] = {
      {0, 0x7F}, {0x80, 0x7FF}, {0x800, 0xD7FF}, {0xE000, 0xFFFF}, {0x10000, 0x10FFFF}};
  std::vector<Utf8Sequence> out;
  for (const auto& [low, high] : kLengths) {
    if (first <= high && last >= low) Split(std::max(first, low), std::min(last, high), out);
  }
  return out;
}

}  // namespace frontdesk::llm
