// Elementary functions whose bits are ours: the same on every machine, compiler
// and libm.
//
// Only +, -, *, /, sqrt and fma are used, which IEEE 754 rounds in one way;
// -ffp-contract=off keeps the compiler from fusing anything itself. The runtime's
// vector kernels do the same operations in the same order, lane by lane
// (llm/kernels/), so scalar and vector results are equal bits. Pure functions,
// thread-safe. Source: docs/determinism.md.
//
//   llm::Exp(0.0f) == 1.0f;  llm::Sigmoid(0.0f) == 0.5f;

#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace frontdesk::llm {

// Adding and subtracting 1.5·2^23 (2^52) rounds to the nearest integer, ties to even.
inline constexpr float kRoundMagic = 12582912.0f;
inline constexpr double kRoundMagicDouble = 6755399441055744.0;

inline constexpr float kExpLowest = -87.0f;  // below: exactly 0
inline constexpr float kExpHighest = 88.0f;  // above: as at 88

// e^x. Relative error under 2 ulp on [-87, 88]; 0 below, e^88 above; NaN for NaN.
inline float Exp(float x) {
  if (x != x) return x;
  if (x < kExpLowest) return 0.0f;
  if (x > kExpHighest) x = kExpHighest;
  // x = n·ln 2 + r, |r| ≤ ln 2 / 2
  const float n = std::fma(x, 1.44269504f, kRoundMagic) - kRoundMagic;
  float r = std::fma(n, -0.693145752f, x);
  r = std::fma(n, -1.42860677e-6f, r);
  float p = 1.0f / 5040;
  p = std::fma(p, r, 1.0f / 720);
  p = std::fma(p, r, 1.0f / 120);
  p = std::fma(p, r, 1.0f / 24);
  p = std::fma(p, r, 1.0f / 6);
  p = std::fma(p, r, 0.5f);
  p = std::fma(p, r, 1.0f);
  p = std::fma(p, r, 1.0f);
  const float two_n = std::bit_cast<float>((static_cast<int32_t>(n) + 127) << 23);
  return p * two_n;
}

// 1 / (1 + e^-x), in [0, 1].
inline float Sigmoid(float x) { return 1.0f / (1.0f + Exp(-x)); }

// tanh x, in [-1, 1]; absolute error under 2e-7.
inline float Tanh(float x) { return 1.0f - 2.0f / (1.0f + Exp(2.0f * x)); }

// 1 / sqrt(x) for x > 0: two correctly rounded operations.
inline float Rsqrt(float x) { return 1.0f / std::sqrt(x); }

// e^x in double. Relative error under 4 ulp on [-700, 700]; 0 below, e^700 above.
inline double Exp(double x) {
  if (x != x) return x;
  if (x < -700) return 0;
  if (x > 700) x = 700;
  const double n = std::fma(x, 1.4426950408889634, kRoundMagicDouble) - kRoundMagicDouble;
  double r = std::fma(n, -6.93147180369123816490e-01, x);
  r = std::fma(n, -1.90821492927058770002e-10, r);
  double p = 1.0;  // Taylor to r^13 / 13!, innermost first
  for (int k = 13; k >= 1; --k) p = std::fma(p, r / k, 1.0);
  return p * std::bit_cast<double>((static_cast<int64_t>(n) + 1023) << 52);
}

// Natural logarithm of a positive normal number. Relative error under 1e-15.
inline double Log(double x) {
  const uint64_t bits = std::bit_cast<uint64_t>(x);
  int64_t exponent = static_cast<int64_t>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0xFFFFFFFFFFFFFull) | (1023ull << 52));  // [1, 2)
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  // ln m = 2·atanh(s) = 2·(s + s^3/3 + s^5/5 + …), |s| ≤ 0.172
  const double s = (m - 1) / (m + 1);
  const double s2 = s * s;
  double p = 1.0 / 25;
  for (int k = 23; k >= 1; k -= 2) p = std::fma(p, s2, 1.0 / k);
  return std::fma(static_cast<double>(exponent), 0.69314718055994530942, 2 * s * p);
}

struct SinCos {
  double sin;
  double cos;
};

// Sine and cosine of an angle in radians, |angle| ≤ 2^20; absolute error under 1e-12.
inline SinCos SineCosine(double angle) {
  // angle = n·π/2 + r, |r| ≤ π/4
  const double n = std::fma(angle, 0.63661977236758134308, kRoundMagicDouble) - kRoundMagicDouble;
  double r = std::fma(n, -1.57079632673412561417e+00, angle);
  r = std::fma(n, -6.07710050650619224932e-11, r);
  const double r2 = r * r;
  double s = 1.0, c = 1.0;  // Taylor, innermost first
  for (int k = 16; k >= 2; k -= 2) s = std::fma(s, -r2 / (k * (k + 1)), 1.0);
  for (int k = 17; k >= 1; k -= 2) c = std::fma(c, -r2 / (k * (k + 1)), 1.0);
  s *= r;
  switch (static_cast<int64_t>(n) & 3) {
    case 0:
      return {s, c};
    case 1:
      return {c, -s};
    case 2:
      return {-s, -c};
    default:
      return {-c, s};
  }
}

}  // namespace frontdesk::llm
