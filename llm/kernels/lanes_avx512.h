// Sixteen virtual lanes in AVX-512 F, BW, DQ, VL and VNNI. Included by
// kernels_avx512.cc only. See body.inc for the contract; lanes_portable.h says the
// same in plain C++.

#pragma once

#include <immintrin.h>

#include <cstdint>

namespace frontdesk::llm::avx512 {

constexpr int kLanes = 16;
constexpr int kTileSizes[] = {1, 2, 4, 8, 12, 16};
constexpr int kPairedOfEight = 0;  // pairs take the ports of the dot products: nothing gained

using F = __m512;
using I = __m512i;
struct B {
  __m512i v;
};

inline F Set(float x) { return _mm512_set1_ps(x); }
inline F Load(const float* p) { return _mm512_loadu_ps(p); }
inline void Store(float* p, F a) { _mm512_storeu_ps(p, a); }
inline F LoadHalf(const uint16_t* p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
inline F LoadBfloat(const uint16_t* p) {
  const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}
inline void StoreHalf(uint16_t* p, F a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                      _mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
inline F Add(F a, F b) { return _mm512_add_ps(a, b); }
inline F Sub(F a, F b) { return _mm512_sub_ps(a, b); }
inline F Mul(F a, F b) { return _mm512_mul_ps(a, b); }
inline F Div(F a, F b) { return _mm512_div_ps(a, b); }
// Of two where one is NaN: the second.
inline F Max(F a, F b) { return _mm512_max_ps(a, b); }
inline F Min(F a, F b) { return _mm512_min_ps(a, b); }
inline F Abs(F a) { return _mm512_abs_ps(a); }
inline F MulAdd(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
inline F ZeroWhereLess(F a, F b, F value) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ), value);
}
inline F PowerOfTwo(F n) {
  const __m512i biased = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
  return _mm512_castsi512_ps(_mm512_slli_epi32(biased, 23));
}

inline bool AnyNan(F a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q) != 0; }
inline float LargestLane(F a) { return _mm512_reduce_max_ps(a); }

inline I SetInt(int32_t x) { return _mm512_set1_epi32(x); }
inline I AddInt(I a, I b) { return _mm512_add_epi32(a, b); }
inline int32_t SumLanes(I a) { return _mm512_reduce_add_epi32(a); }
inline F ToFloat(I a) { return _mm512_cvtepi32_ps(a); }
inline I Round(F a) { return _mm512_cvtps_epi32(a); }
inline void StoreBytes(int8_t* p, I a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtsepi32_epi8(a));
}
inline F LoadSignedBytes(const int8_t* p) {
  return _mm512_cvtepi32_ps(
      _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}
inline F LoadBytes(const uint8_t* p) {
  return _mm512_cvtepi32_ps(
      _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}

inline B LoadQuants(const uint8_t* p) { return {_mm512_loadu_si512(p)}; }
inline B LowNibbles(B a) { return {_mm512_and_si512(a.v, _mm512_set1_epi8(15))}; }
inline B HighNibbles(B a) {
  return {_mm512_and_si512(_mm512_srli_epi16(a.v, 4), _mm512_set1_epi8(15))};
}
inline B AddFifthBit(B a, const uint8_t* bits) {
  uint64_t mask;
  __builtin_memcpy(&mask, bits, 8);
  return {_mm512_mask_add_epi8(a.v, mask, a.v, _mm512_set1_epi8(16))};
}
template <int kShift>
inline B AddTopBits(B a, B pairs) {
  __m512i top = pairs.v;
  if constexpr (kShift < 4) {
    top = _mm512_slli_epi16(top, 4 - kShift);
  } else {
    top = _mm512_srli_epi16(top, kShift - 4);
  }
  return {_mm512_or_si512(a.v, _mm512_and_si512(top, _mm512_set1_epi8(0x30)))};
}

inline __m512i FourBytes(const int8_t* x) {
  int32_t word;
  __builtin_memcpy(&word, x, 4);
  return _mm512_set1_epi32(word);
}
inline I Dot(I acc, B w, const int8_t* x) { return _mm512_dpbusd_epi32(acc, w.v, FourBytes(x)); }
// minus_8_sum: -8 · Σx of the block; 16 times that takes the 128 out again.
inline I StartBytes(int32_t minus_8_sum) { return _mm512_slli_epi32(SetInt(minus_8_sum), 4); }
inline I DotBytes(I acc, B w, const int8_t* x) {
  return _mm512_dpbusd_epi32(acc, w.v, FourBytes(x));
}

}  // namespace frontdesk::llm::avx512
