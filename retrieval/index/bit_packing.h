// Packs 128 unsigned integers into the fewest bits that hold the largest of them.
//
// Layout of a pack of width w (bits, 0..32): 4 w words of 32 bits, little-endian; integer i stands
// in lane i mod 4, from bit w · (i div 4) of that lane on; word j of a lane is word 4 j + lane of
// the pack. A pack takes 16 w bytes. Fewer than 128 integers are packed one after the other
// (PackTail). Pure, thread-safe. Source: Lemire and Boytsov, "Decoding billions of integers per
// second through vectorization" (2015), the SIMD-BP128 layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace frontdesk::retrieval {

inline constexpr size_t kPackSize = 128;

// Bits that hold the value: 0 for 0, 32 for 2^31 and above.
int BitWidth(uint32_t value);

// Bytes of a pack of 128.
constexpr size_t PackBytes(int width) { return static_cast<size_t>(width) * 16; }

// Appends values[0, 128), each below 2^width.
void Pack(const uint32_t* values, int width, std::string* out);

// Reads a pack into out[0, 128). `in` needs no alignment. Cost: about 30 ns.
void Unpack(const uint8_t* in, int width, uint32_t* out);

// Integer i of a pack, without reading the others. width <= 32.
inline uint32_t PackedAt(const uint8_t* in, int width, uint32_t i) {
  const uint32_t bit = (i / 4) * static_cast<uint32_t>(width);
  const uint32_t shift = bit % 32;
  const uint8_t* const word = in + 16 * (bit / 32) + 4 * (i % 4);
  uint32_t low = 0, high = 0;
  if (width == 0) return 0;
  std::memcpy(&low, word, 4);
  if (shift + static_cast<uint32_t>(width) > 32) std::memcpy(&high, word + 16, 4);
  const uint64_t both = low | static_cast<uint64_t>(high) << 32;
  return static_cast<uint32_t>((both >> shift) & ((uint64_t{1} << width) - 1));
}

// The same for rising document numbers: the pack holds the gaps less one, the first from
// `before` (the last number of the pack before; 2^32 − 1 stands for −1).
void UnpackRising(const uint8_t* in, int width, uint32_t before, uint32_t* out);

// Bytes of a tail of `count` values.
constexpr size_t TailBytes(size_t count, int width) {
  return (count * static_cast<size_t>(width) + 7) / 8;
}
// Appends values[0, count), least significant bit first.
void PackTail(const uint32_t* values, size_t count, int width, std::string* out);
// Reads them; looks at TailBytes(count, width) bytes, no more.
void UnpackTail(const uint8_t* in, size_t count, int width, uint32_t* out);
// Value i of a tail, without reading the bytes of others.
inline uint32_t TailAt(const uint8_t* in, int width, uint32_t i) {
  const uint32_t begin = i * static_cast<uint32_t>(width);
  const uint32_t end = begin + static_cast<uint32_t>(width);
  uint64_t bits = 0;
  for (uint32_t byte = begin / 8; 8 * byte < end; ++byte) {
    bits |= static_cast<uint64_t>(in[byte]) << (8 * (byte - begin / 8));
  }
  return static_cast<uint32_t>((bits >> (begin % 8)) & ((uint64_t{1} << width) - 1));
}

}  // namespace frontdesk::retrieval
