// Plain C++: a Vec is an array. Slow where the processor lacks fma, never different.
#include "llm/encoder/kernels.h"

#define FRONTDESK_ENCODER_VEC
namespace frontdesk::llm::encoder {
namespace {

struct Vec {
  float lane[kLanes];
};
struct IntVec {
  std::int32_t lane[kLanes];
};
struct WeightVec {
  const std::uint8_t* q;  // [16][4]
};
// Tiles that fill the registers and no more.
constexpr int kPanelsF32 = 1;
constexpr int kRowsInt8 = 1, kPanelsInt8 = 1;

template <class Operation>
inline Vec Each(Operation operation) {
  Vec result;
  for (int l = 0; l < kLanes; ++l) result.lane[l] = operation(l);
  return result;
}

inline Vec Load(const float* p) {
  return Each([&](int l) { return p[l]; });
}
inline void Store(float* p, const Vec& a) {
  for (int l = 0; l < kLanes; ++l) p[l] = a.lane[l];
}
inline Vec Set(float f) {
  return Each([&](int) { return f; });
}
inline Vec operator+(const Vec& a, const Vec& b) {
  return Each([&](int l) { return a.lane[l] + b.lane[l]; });
}
inline Vec operator-(const Vec& a, const Vec& b) {
  return Each([&](int l) { return a.lane[l] - b.lane[l]; });
}
inline Vec operator*(const Vec& a, const Vec& b) {
  return Each([&](int l) { return a.lane[l] * b.lane[l]; });
}
inline Vec operator/(const Vec& a, const Vec& b) {
  return Each([&](int l) { return a.lane[l] / b.lane[l]; });
}
inline Vec Fma(const Vec& a, const Vec& b, const Vec& c) {
  return Each([&](int l) { return __builtin_fmaf(a.lane[l], b.lane[l], c.lane[l]); });
}
inline Vec Max(const Vec& a, const Vec& b) {
  return Each([&](int l) { return a.lane[l] > b.lane[l] ? a.lane[l] : b.lane[l]; });
}
inline Vec Abs(const Vec& a) {
  return Each([&](int l) { return __builtin_fabsf(a.lane[l]); });
}
inline float LargestLane(const Vec& a) {
  float largest = a.lane[0];
  for (int l = 1; l < kLanes; ++l) largest = a.lane[l] > largest ? a.lane[l] : largest;
  return largest;
}
inline std::int32_t BitsOf(float f) {
  std::int32_t bits;
  __builtin_memcpy(&bits, &f, 4);
  return bits;
}

// 2^n from the bits of n + kRoundMagic.
inline Vec PowerOfTwo(const Vec& bits) {
  return Each([&](int l) {
    const std::uint32_t n = static_cast<std::uint32_t>(BitsOf(bits.lane[l]) + 127) << 23;
    float power;
    __builtin_memcpy(&power, &n, 4);
    return power;
  });
}

// Stores the 16 integers n of n + kRoundMagic as bytes; returns their sum.
inline std::int32_t StoreRounded(std::int8_t* q, const Vec& bits) {
  std::int32_t sum = 0;
  for (int l = 0; l < kLanes; ++l) {
    const std::int32_t n = BitsOf(bits.lane[l]) - 0x4B400000;
    q[l] = static_cast<std::int8_t>(n);
    sum += n;
  }
  return sum;
}

inline IntVec FirstSum(std::int32_t) { return {}; }
inline WeightVec LoadWeights(const std::uint8_t* p) { return {p}; }
inline const std::int8_t* Broadcast4(const std::int8_t* p) { return p; }
inline IntVec AddDots(IntVec sum, WeightVec w, const std::int8_t* x) {
  for (int l = 0; l < kLanes; ++l) {
    for (int k = 0; k < 4; ++k) sum.lane[l] += static_cast<std::int8_t>(w.q[l * 4 + k]) * x[k];
  }
  return sum;
}
inline Vec ToFloat(const IntVec& a) {
  return Each([&](int l) { return static_cast<float>(a.lane[l]); });
}

}  // namespace
}  // namespace frontdesk::llm::encoder

#include "llm/encoder/kernel_body.h"

namespace frontdesk::llm::encoder {

const Kernels& PortableKernels() {
  static const Kernels kernels = MakeKernels("portable", false);
  return kernels;
}

}  // namespace frontdesk::llm::encoder
