// AVX2 with FMA: a Vec is two registers.
#include "llm/encoder/kernels.h"

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>

#define FRONTDESK_ENCODER_VEC
namespace frontdesk::llm::encoder {
namespace {

struct Vec {
  __m256 low, high;
};
struct IntVec {
  __m256i low, high;
};
struct WeightVec {
  __m256i low, high;
};
// Tiles that fill the registers and no more.
constexpr int kPanelsF32 = 1;
constexpr int kRowsInt8 = 3, kPanelsInt8 = 1;

inline Vec Load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void Store(float* p, Vec a) {
  _mm256_storeu_ps(p, a.low);
  _mm256_storeu_ps(p + 8, a.high);
}
inline Vec Set(float f) { return {_mm256_set1_ps(f), _mm256_set1_ps(f)}; }
inline Vec operator+(Vec a, Vec b) {
  return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}
inline Vec operator-(Vec a, Vec b) {
  return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}
inline Vec operator*(Vec a, Vec b) {
  return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
}
inline Vec operator/(Vec a, Vec b) {
  return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
}
inline Vec Fma(Vec a, Vec b, Vec c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
inline Vec Max(Vec a, Vec b) {
  return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
}
inline Vec Abs(Vec a) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_andnot_ps(sign, a.low), _mm256_andnot_ps(sign, a.high)};
}
inline float LargestLane(Vec a) {
  const __m256 eight = _mm256_max_ps(a.low, a.high);
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(four, _mm_shuffle_ps(four, four, 1)));
}

inline __m256 PowerOfTwo8(__m256 bits) {
  const __m256i n = _mm256_add_epi32(_mm256_castps_si256(bits), _mm256_set1_epi32(127));
  return _mm256_castsi256_ps(_mm256_slli_epi32(n, 23));
}
// 2^n from the bits of n + kRoundMagic.
inline Vec PowerOfTwo(Vec bits) { return {PowerOfTwo8(bits.low), PowerOfTwo8(bits.high)}; }

// Stores the 16 integers n of n + kRoundMagic as bytes; returns their sum.
inline std::int32_t StoreRounded(std::int8_t* q, Vec bits) {
  std::int32_t n[16];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(n), _mm256_castps_si256(bits.low));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(n + 8), _mm256_castps_si256(bits.high));
  std::int32_t sum = 0;
  for (int i = 0; i < 16; ++i) {
    const std::int32_t rounded = n[i] - 0x4B400000;
    q[i] = static_cast<std::int8_t>(rounded);
    sum += rounded;
  }
  return sum;
}

inline IntVec FirstSum(std::int32_t) { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
inline WeightVec LoadWeights(const std::uint8_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
}
inline __m256i Broadcast4(const std::int8_t* p) {
  std::int32_t four;
  __builtin_memcpy(&four, p, 4);
  return _mm256_set1_epi32(four);
}
// |w| · sign(x, w): both factors are within ±127, so pairs stay within int16 (2 · 127² < 2^15).
inline __m256i Dots8(__m256i sum, __m256i w, __m256i x) {
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
inline IntVec AddDots(IntVec sum, WeightVec w, __m256i x) {
  return {Dots8(sum.low, w.low, x), Dots8(sum.high, w.high, x)};
}
inline Vec ToFloat(IntVec a) { return {_mm256_cvtepi32_ps(a.low), _mm256_cvtepi32_ps(a.high)}; }

}  // namespace
}  // namespace frontdesk::llm::encoder

#include "llm/encoder/kernel_body.h"

namespace frontdesk::llm::encoder {

const Kernels* Avx2Kernels() {
  static const Kernels kernels = MakeKernels("avx2", false);
  static const bool present = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return present ? &kernels : nullptr;
}

}  // namespace frontdesk::llm::encoder

#else

namespace frontdesk::llm::encoder {
const Kernels* Avx2Kernels() { return nullptr; }
}  // namespace frontdesk::llm::encoder

#endif
