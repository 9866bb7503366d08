#include "retrieval/index/rising_match.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace frontdesk::retrieval {
namespace {

size_t MatchPlain(const uint32_t* numbers, uint32_t* place, uint32_t low, const uint32_t* offsets,
                  size_t size, BlockMatch* out) {
  uint32_t at = *place;
  size_t found = 0;
  for (size_t i = 0; i < size; ++i) {
    const uint32_t document = low + offsets[i];
    while (numbers[at] < document) ++at;
    out[found] = {offsets[i], at};
    found += numbers[at] == document;
  }
  *place = at;
  return found;
}

#if defined(__x86_64__)
// Document numbers stay below 2^31, so signed comparison is right.
[[gnu::target("avx2,popcnt")]] size_t MatchAvx2(const uint32_t* numbers, uint32_t* place,
                                                uint32_t low, const uint32_t* offsets, size_t size,
                                                BlockMatch* out) {
  uint32_t at = *place;
  size_t found = 0;
  for (size_t i = 0; i < size; ++i) {
    const uint32_t document = low + offsets[i];
    const __m256i wanted = _mm256_set1_epi32(static_cast<int>(document));
    for (;;) {
      const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(numbers + at));
      const auto below = static_cast<unsigned>(
          _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(wanted, here))));
      at += static_cast<uint32_t>(__builtin_popcount(below));
      if (below != 0xFF) break;
    }
    out[found] = {offsets[i], at};
    found += numbers[at] == document;
  }
  *place = at;
  return found;
}

[[gnu::target("avx512f,popcnt")]] size_t MatchAvx512(const uint32_t* numbers, uint32_t* place,
                                                     uint32_t low, const uint32_t* offsets,
                                                     size_t size, BlockMatch* out) {
  uint32_t at = *place;
  size_t found = 0;
  for (size_t i = 0; i < size; ++i) {
    const uint32_t document = low + offsets[i];
    const __m512i wanted = _mm512_set1_epi32(static_cast<int>(document));
    for (;;) {
      const __mmask16 below = _mm512_cmpgt_epi32_mask(wanted, _mm512_loadu_si512(numbers + at));
      at += static_cast<uint32_t>(__builtin_popcount(below));
      if (below != 0xFFFF) break;
    }
    out[found] = {offsets[i], at};
    found += numbers[at] == document;
  }
  *place = at;
  return found;
}
#endif

}  // namespace

std::vector<MatchRisingFn> MatchRisingVersions() {
  std::vector<MatchRisingFn> out = {MatchPlain};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) out.push_back(MatchAvx2);
  if (__builtin_cpu_supports("avx512f")) out.push_back(MatchAvx512);
#endif
  return out;
}

size_t MatchRising(const uint32_t* numbers, uint32_t* place, uint32_t low, const uint32_t* offsets,
                   size_t size, BlockMatch* out) {
  static const MatchRisingFn match = MatchRisingVersions().back();
  return match(numbers, place, low, offsets, size, out);
}

}  // namespace frontdesk::retrieval
