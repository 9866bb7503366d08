#include "retrieval/index/window_sums.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace frontdesk::retrieval {
namespace {

using TakeFn = size_t (*)(int32_t*, size_t, int32_t, WindowCandidate*);

size_t TakePlain(int32_t* sums, size_t size, int32_t least, WindowCandidate* out) {
  constexpr size_t kGroup = 16;
  size_t found = 0;
  for (size_t at = 0; at < size; at += kGroup) {
    const size_t end = std::min(size, at + kGroup);
    bool any = false;
    for (size_t i = at; i < end; ++i) any |= sums[i] >= least;
    if (!any) continue;
    for (size_t i = at; i < end; ++i) {
      if (sums[i] >= least) out[found++] = {static_cast<uint32_t>(i), sums[i]};
    }
  }
  std::memset(sums, 0, size * sizeof(int32_t));
  return found;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] size_t TakeAvx2(int32_t* sums, size_t size, int32_t least,
                                        WindowCandidate* out) {
  const __m256i below = _mm256_set1_epi32(least - 1);
  const __m256i zero = _mm256_setzero_si256();
  size_t found = 0;
  size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    auto* const group = reinterpret_cast<__m256i*>(sums + at);
    const __m256i values = _mm256_loadu_si256(group);
    unsigned hits = static_cast<unsigned>(
        _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(values, below))));
    for (; hits != 0; hits &= hits - 1) {
      const size_t i = at + static_cast<size_t>(__builtin_ctz(hits));
      out[found++] = {static_cast<uint32_t>(i), sums[i]};
    }
    _mm256_storeu_si256(group, zero);
  }
  for (; at < size; ++at) {
    if (sums[at] >= least) out[found++] = {static_cast<uint32_t>(at), sums[at]};
    sums[at] = 0;
  }
  return found;
}
#endif

TakeFn Fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return TakeAvx2;
#endif
  return TakePlain;
}

}  // namespace

size_t TakeCandidates(int32_t* sums, size_t size, int32_t least, WindowCandidate* out) {
  static const TakeFn take = Fastest();
  return take(sums, size, least, out);
}

}  // namespace frontdesk::retrieval
