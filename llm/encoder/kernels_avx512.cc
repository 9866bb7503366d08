// AVX-512 with VNNI: a Vec is one register.
#include "llm/encoder/kernels.h"

#if defined(__AVX512F__) && defined(__AVX512VNNI__)
#include <immintrin.h>

#define FRONTDESK_ENCODER_VEC
namespace frontdesk::llm::encoder {
namespace {

struct Vec {
  __m512 v;
};
using IntVec = __m512i;
using WeightVec = __m512i;
// Tiles that fill the registers and no more.
constexpr int kPanelsF32 = 4;
constexpr int kRowsInt8 = 6, kPanelsInt8 = 2;

inline Vec Load(const float* p) { return {_mm512_loadu_ps(p)}; }
inline void Store(float* p, Vec a) { _mm512_storeu_ps(p, a.v); }
inline Vec Set(float f) { return {_mm512_set1_ps(f)}; }
inline Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Vec Fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
inline Vec Max(Vec a, Vec b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Vec Abs(Vec a) { return {_mm512_abs_ps(a.v)}; }
inline float LargestLane(Vec a) { return _mm512_reduce_max_ps(a.v); }

// 2^n from the bits of n + kRoundMagic.
inline Vec PowerOfTwo(Vec bits) {
  const __m512i n = _mm512_add_epi32(_mm512_castps_si512(bits.v), _mm512_set1_epi32(127));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(n, 23))};
}

// Stores the 16 integers n of n + kRoundMagic as bytes; returns their sum.
inline std::int32_t StoreRounded(std::int8_t* q, Vec bits) {
  const __m512i n = _mm512_sub_epi32(_mm512_castps_si512(bits.v), _mm512_set1_epi32(0x4B400000));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(q), _mm512_cvtepi32_epi8(n));
  return _mm512_reduce_add_epi32(n);
}

// Weights are q + 128, so every sum starts 128 * sum(x) too low.
inline IntVec FirstSum(std::int32_t row_sum) { return _mm512_set1_epi32(-128 * row_sum); }
inline WeightVec LoadWeights(const std::uint8_t* p) { return _mm512_loadu_si512(p); }
inline __m512i Broadcast4(const std::int8_t* p) {
  std::int32_t four;
  __builtin_memcpy(&four, p, 4);
  return _mm512_set1_epi32(four);
}
inline IntVec AddDots(IntVec sum, WeightVec w, __m512i x) { return _mm512_dpbusd_epi32(sum, w, x); }
inline Vec ToFloat(IntVec a) { return {_mm512_cvtepi32_ps(a)}; }

}  // namespace
}  // namespace frontdesk::llm::encoder

#include "llm/encoder/kernel_body.h"

namespace frontdesk::llm::encoder {

const Kernels* Avx512VnniKernels() {
  static const Kernels kernels = MakeKernels("avx512vnni", true);
  static const bool present = __builtin_cpu_supports("avx512f") &&
                              __builtin_cpu_supports("avx512bw") &&
                              __builtin_cpu_supports("avx512vnni");
  return present ? &kernels : nullptr;
}

}  // namespace frontdesk::llm::encoder

#else

namespace frontdesk::llm::encoder {
const Kernels* Avx512VnniKernels() { return nullptr; }
}  // namespace frontdesk::llm::encoder

#endif
