#include "retrieval/index/bit_packing.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace frontdesk::retrieval {
namespace {

// Four 32-bit lanes; GCC and clang make this SSE2 on x86 and NEON on Arm.
using Lanes = uint32_t __attribute__((vector_size(16)));

Lanes Load(const uint8_t* in) {
  Lanes out;
  std::memcpy(&out, in, sizeof(out));
  return out;
}
void Store(Lanes lanes, uint32_t* out) { std::memcpy(out, &lanes, sizeof(lanes)); }

// Row r (integers 4 r .. 4 r + 3) of a pack of width W.
template <int W>
[[gnu::always_inline]] inline Lanes Row(const uint8_t* in, int r) {
  if constexpr (W == 0) return Lanes{};
  const int bit = r * W;
  const int word = bit / 32;
  const int shift = bit % 32;
  Lanes row = Load(in + 16 * word) >> shift;
  if (shift + W > 32) row |= Load(in + 16 * (word + 1)) << (32 - shift);
  if constexpr (W < 32) {
    const uint32_t mask = (uint32_t{1} << W) - 1;
    row &= Lanes{mask, mask, mask, mask};
  }
  return row;
}

template <int W>
void UnpackWidth(const uint8_t* in, uint32_t* out) {
#pragma GCC unroll 32
  for (int r = 0; r < 32; ++r) Store(Row<W>(in, r), out + 4 * r);
}

template <int W>
void UnpackRisingWidth(const uint8_t* in, uint32_t before, uint32_t* out) {
  Lanes carry = {before, before, before, before};
  const Lanes steps = {1, 2, 3, 4};
#pragma GCC unroll 32
  for (int r = 0; r < 32; ++r) {
    Lanes row = Row<W>(in, r);
    const Lanes zero = {};
    row += __builtin_shufflevector(zero, row, 0, 4, 5, 6);
    row += __builtin_shufflevector(zero, row, 0, 1, 4, 5);
    row += carry + steps;
    Store(row, out + 4 * r);
    carry = __builtin_shufflevector(row, row, 3, 3, 3, 3);
  }
}

using UnpackFn = void (*)(const uint8_t*, uint32_t*);
using UnpackRisingFn = void (*)(const uint8_t*, uint32_t, uint32_t*);

template <int... W>
constexpr std::array<UnpackFn, 33> UnpackTable(std::integer_sequence<int, W...>) {
  return {UnpackWidth<W>...};
}
template <int... W>
constexpr std::array<UnpackRisingFn, 33> UnpackRisingTable(std::integer_sequence<int, W...>) {
  return {UnpackRisingWidth<W>...};
}
constexpr auto kUnpack = UnpackTable(std::make_integer_sequence<int, 33>());
constexpr auto kUnpackRising = UnpackRisingTable(std::make_integer_sequence<int, 33>());

}  // namespace

int BitWidth(uint32_t value) { return static_cast<int>(std::bit_width(value)); }

void Pack(const uint32_t* values, int width, std::string* out) {
  std::array<uint32_t, 4 * 33> words{};
  for (size_t i = 0; i < kPackSize; ++i) {
    const size_t lane = i % 4;
    const size_t bit = (i / 4) * static_cast<size_t>(width);
    const size_t word = bit / 32;
    const size_t shift = bit % 32;
    words[4 * word + lane] |= values[i] << shift;
    if (shift + static_cast<size_t>(width) > 32) {
      words[4 * (word + 1) + lane] |= values[i] >> (32 - shift);
    }
  }
  out->append(reinterpret_cast<const char*>(words.data()), PackBytes(width));
}

void Unpack(const uint8_t* in, int width, uint32_t* out) {
  kUnpack[static_cast<size_t>(width)](in, out);
}

void UnpackRising(const uint8_t* in, int width, uint32_t before, uint32_t* out) {
  kUnpackRising[static_cast<size_t>(width)](in, before, out);
}

void PackTail(const uint32_t* values, size_t count, int width, std::string* out) {
  uint64_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < count; ++i) {
    bits |= static_cast<uint64_t>(values[i]) << held;
    held += width;
    for (; held >= 8; held -= 8, bits >>= 8) out->push_back(static_cast<char>(bits & 0xFF));
  }
  if (held > 0) out->push_back(static_cast<char>(bits & 0xFF));
}

void UnpackTail(const uint8_t* in, size_t count, int width, uint32_t* out) {
  const uint64_t mask = (uint64_t{1} << width) - 1;
  uint64_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < count; ++i) {
    for (; held < width; held += 8) bits |= static_cast<uint64_t>(*in++) << held;
    out[i] = static_cast<uint32_t>(bits & mask);
    bits >>= width;
    held -= width;
  }
}

}  // namespace frontdesk::retrieval
