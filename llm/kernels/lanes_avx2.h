// Eight virtual lanes in AVX2 + FMA + F16C. Included by kernels_avx2.cc only.
// See body.inc for the contract; lanes_portable.h says the same in plain C++.

#pragma once

#include <immintrin.h>

#include <cstdint>

namespace frontdesk::llm::avx2 {

constexpr int kLanes = 8;
constexpr int kTileSizes[] = {1, 2, 4};
constexpr int kPairedOfEight = 8;  // there is no dot product of four bytes

using F = __m256;
using I = __m256i;
struct B {
  __m256i v;
};

inline F Set(float x) { return _mm256_set1_ps(x); }
inline F Load(const float* p) { return _mm256_loadu_ps(p); }
inline void Store(float* p, F a) { _mm256_storeu_ps(p, a); }
inline F LoadHalf(const uint16_t* p) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline F LoadBfloat(const uint16_t* p) {
  const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
}
inline void StoreHalf(uint16_t* p, F a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT));
}
inline F Add(F a, F b) { return _mm256_add_ps(a, b); }
inline F Sub(F a, F b) { return _mm256_sub_ps(a, b); }
inline F Mul(F a, F b) { return _mm256_mul_ps(a, b); }
inline F Div(F a, F b) { return _mm256_div_ps(a, b); }
// Of two where one is NaN: the second.
inline F Max(F a, F b) { return _mm256_max_ps(a, b); }
inline F Min(F a, F b) { return _mm256_min_ps(a, b); }
inline F Abs(F a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
inline F MulAdd(F a, F b, F c) { return _mm256_fmadd_ps(a, b, c); }
inline F ZeroWhereLess(F a, F b, F value) {
  return _mm256_andnot_ps(_mm256_cmp_ps(a, b, _CMP_LT_OQ), value);
}
inline F PowerOfTwo(F n) {
  const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
  return _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23));
}

inline bool AnyNan(F a) { return _mm256_movemask_ps(_mm256_cmp_ps(a, a, _CMP_UNORD_Q)) != 0; }
inline float LargestLane(F a) {
  __m128 most = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  most = _mm_max_ps(most, _mm_movehl_ps(most, most));
  return _mm_cvtss_f32(_mm_max_ss(most, _mm_movehdup_ps(most)));
}

inline I SetInt(int32_t x) { return _mm256_set1_epi32(x); }
inline I AddInt(I a, I b) { return _mm256_add_epi32(a, b); }
inline int32_t SumLanes(I a) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  sum = _mm_add_epi32(sum, _mm_unpackhi_epi64(sum, sum));
  return _mm_cvtsi128_si32(sum) + _mm_extract_epi32(sum, 1);
}
inline F ToFloat(I a) { return _mm256_cvtepi32_ps(a); }
inline I Round(F a) { return _mm256_cvtps_epi32(a); }
inline void StoreBytes(int8_t* p, I a) {
  const __m128i low = _mm256_castsi256_si128(a), high = _mm256_extracti128_si256(a, 1);
  const __m128i words = _mm_packs_epi32(low, high);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packs_epi16(words, words));
}
inline F LoadSignedBytes(const int8_t* p) {
  return _mm256_cvtepi32_ps(
      _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
}
inline F LoadBytes(const uint8_t* p) {
  return _mm256_cvtepi32_ps(
      _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
}

inline B LoadQuants(const uint8_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
}
inline B LowNibbles(B a) { return {_mm256_and_si256(a.v, _mm256_set1_epi8(15))}; }
inline B HighNibbles(B a) {
  return {_mm256_and_si256(_mm256_srli_epi16(a.v, 4), _mm256_set1_epi8(15))};
}
inline B AddFifthBit(B a, const uint8_t* bits) {
  int32_t word;
  __builtin_memcpy(&word, bits, 4);
  const __m256i spread = _mm256_shuffle_epi8(
      _mm256_set1_epi32(word), _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2,
                                                2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3));
  const __m256i pick = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201ull));
  const __m256i set = _mm256_cmpeq_epi8(_mm256_and_si256(spread, pick), pick);
  return {_mm256_or_si256(a.v, _mm256_and_si256(set, _mm256_set1_epi8(16)))};
}
template <int kShift>
inline B AddTopBits(B a, B pairs) {
  __m256i top = pairs.v;
  if constexpr (kShift < 4) {
    top = _mm256_slli_epi16(top, 4 - kShift);
  } else {
    top = _mm256_srli_epi16(top, kShift - 4);
  }
  return {_mm256_or_si256(a.v, _mm256_and_si256(top, _mm256_set1_epi8(0x30)))};
}

inline __m256i FourBytes(const int8_t* x) {
  int32_t word;
  __builtin_memcpy(&word, x, 4);
  return _mm256_set1_epi32(word);
}
inline __m256i MulPairs(B w, const int8_t* x) { return _mm256_maddubs_epi16(w.v, FourBytes(x)); }
inline __m256i AddPairs(__m256i a, __m256i b) { return _mm256_add_epi16(a, b); }
inline I AddWidened(I acc, __m256i pairs) {
  return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
inline I Dot(I acc, B w, const int8_t* x) { return AddWidened(acc, MulPairs(w, x)); }
inline I StartBytes(int32_t) { return _mm256_setzero_si256(); }
// |w| · (x with w's sign): at most 2 · 128 · 127, which does not saturate either.
inline I DotBytes(I acc, B w, const int8_t* x) {
  const __m256i s = _mm256_xor_si256(w.v, _mm256_set1_epi8(static_cast<char>(0x80)));
  const __m256i pairs =
      _mm256_maddubs_epi16(_mm256_abs_epi8(s), _mm256_sign_epi8(FourBytes(x), s));
  return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

}  // namespace frontdesk::llm::avx2
