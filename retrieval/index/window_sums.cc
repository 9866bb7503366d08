#include "retrieval/index/window_sums.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace frontdesk::retrieval {
namespace {

// One offset after the other, without a branch on what the sum is.
size_t TakeRest(const int32_t* sums, size_t at, size_t size, int32_t least, uint32_t* out,
                size_t found) {
  for (; at < size; ++at) {
    out[found] = static_cast<uint32_t>(at);
    found += sums[at] >= least;
  }
  return found;
}

size_t TakePlain(const int32_t* sums, size_t size, int32_t least, uint32_t* out) {
  return TakeRest(sums, 0, size, least, out, 0);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] size_t TakeAvx2(const int32_t* sums, size_t size, int32_t least,
                                        uint32_t* out) {
  const __m256i below = _mm256_set1_epi32(least - 1);
  size_t found = 0;
  size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    const __m256i values = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + at));
    unsigned hits = static_cast<unsigned>(
        _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(values, below))));
    for (; hits != 0; hits &= hits - 1) {
      out[found++] = static_cast<uint32_t>(at) + static_cast<uint32_t>(__builtin_ctz(hits));
    }
  }
  return TakeRest(sums, at, size, least, out, found);
}

[[gnu::target("avx512f,popcnt")]] size_t TakeAvx512(const int32_t* sums, size_t size, int32_t least,
                                                    uint32_t* out) {
  const __m512i bound = _mm512_set1_epi32(least);
  const __m512i step = _mm512_set1_epi32(16);
  __m512i offsets = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  size_t found = 0;
  size_t at = 0;
  // found <= at, so a whole vector always fits into out[0, size).
  for (; at + 16 <= size; at += 16) {
    const __mmask16 hits = _mm512_cmpge_epi32_mask(_mm512_loadu_si512(sums + at), bound);
    if (hits != 0) {
      _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi32(hits, offsets));
      found += static_cast<size_t>(__builtin_popcount(hits));
    }
    offsets = _mm512_add_epi32(offsets, step);
  }
  return TakeRest(sums, at, size, least, out, found);
}
#endif

}  // namespace

std::vector<TakeAtLeastFn> TakeAtLeastVersions() {
  std::vector<TakeAtLeastFn> out = {TakePlain};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) out.push_back(TakeAvx2);
  if (__builtin_cpu_supports("avx512f")) out.push_back(TakeAvx512);
#endif
  return out;
}

size_t TakeAtLeast(const int32_t* sums, size_t size, int32_t least, uint32_t* out) {
  static const TakeAtLeastFn take = TakeAtLeastVersions().back();
  return take(sums, size, least, out);
}

}  // namespace frontdesk::retrieval
