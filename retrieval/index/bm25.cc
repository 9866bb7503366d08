#include "retrieval/index/bm25.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace frontdesk::retrieval {
namespace {

constexpr uint32_t kExact = 64;
constexpr uint32_t kStepsPerOctave = 24;

constexpr std::array<uint32_t, 256> kLengths = [] {
  std::array<uint32_t, 256> out{};
  for (uint32_t code = 0; code < 256; ++code) {
    if (code < kExact) {
      out[code] = code;
      continue;
    }
    const uint32_t base = kExact << ((code - kExact) / kStepsPerOctave);
    out[code] = base + base * ((code - kExact) % kStepsPerOctave) / kStepsPerOctave;
  }
  return out;
}();

}  // namespace

uint8_t EncodeLength(uint32_t words) {
  if (words < kExact) return static_cast<uint8_t>(words);
  const auto above = std::upper_bound(kLengths.begin(), kLengths.end(), words);
  return static_cast<uint8_t>(above - kLengths.begin() - 1);
}

uint32_t DecodeLength(uint8_t code) { return kLengths[code]; }

double ExactLog(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);  // exact: [1/2, 1)
  if (mantissa < 0.70710678118654752440) {
    mantissa *= 2;
    --exponent;
  }
  // ln m = 2 artanh((m − 1) / (m + 1)); |s| < 0.1716, so s^21 is below 1e-16.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  double sum = 0;
  for (int power = 21; power >= 1; power -= 2) sum = sum * square + 1.0 / power;
  return 2 * s * sum + exponent * 0.69314718055994530942;
}

double InverseDocumentFrequency(uint64_t passages, uint64_t df) {
  const double n = static_cast<double>(passages);
  const double d = static_cast<double>(df);
  return ExactLog(1 + (n - d + 0.5) / (d + 0.5));
}

float TermUnit(uint32_t quarters, uint32_t length, double average_length) {
  const double tf = quarters / 4.0;
  const double norm = kK1 * (1 - kB + kB * (length / average_length));
  return tf == 0 ? 0.0f : static_cast<float>(tf / (tf + norm));
}

}  // namespace frontdesk::retrieval
