// Four virtual lanes in plain C++: the baseline every machine has, and the plain twin
// of the other two. Included by kernels_portable.cc only. See body.inc for the contract.

#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "llm/kernels/half.h"

namespace frontdesk::llm::portable {

constexpr int kLanes = 4;
constexpr int kTileSizes[] = {1, 2, 4};
constexpr int kPairedOfEight = 0;  // pairs gain nothing here

struct F {
  float v[kLanes];
};
struct I {
  int32_t v[kLanes];
};
struct B {
  uint8_t v[kLanes * 4];
};

template <typename R, typename Fn>
inline R Each(Fn fn) {
  R r;
  for (int i = 0; i < kLanes; ++i) r.v[i] = fn(i);
  return r;
}

inline F Set(float x) {
  return Each<F>([&](int) { return x; });
}
inline F Load(const float* p) {
  F r;
  std::memcpy(r.v, p, sizeof(r.v));
  return r;
}
inline void Store(float* p, F a) { std::memcpy(p, a.v, sizeof(a.v)); }
inline F LoadHalf(const uint16_t* p) {
  return Each<F>([&](int i) { return HalfBitsToFloat(p[i]); });
}
inline F LoadBfloat(const uint16_t* p) {
  return Each<F>([&](int i) { return std::bit_cast<float>(static_cast<uint32_t>(p[i]) << 16); });
}
inline void StoreHalf(uint16_t* p, F a) {
  for (int i = 0; i < kLanes; ++i) p[i] = FloatToHalfBits(a.v[i]);
}
inline F Add(F a, F b) {
  return Each<F>([&](int i) { return a.v[i] + b.v[i]; });
}
inline F Sub(F a, F b) {
  return Each<F>([&](int i) { return a.v[i] - b.v[i]; });
}
inline F Mul(F a, F b) {
  return Each<F>([&](int i) { return a.v[i] * b.v[i]; });
}
inline F Div(F a, F b) {
  return Each<F>([&](int i) { return a.v[i] / b.v[i]; });
}
// Of two where one is NaN: the second.
inline F Max(F a, F b) {
  return Each<F>([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
inline F Min(F a, F b) {
  return Each<F>([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
inline F Abs(F a) {
  return Each<F>([&](int i) { return std::fabs(a.v[i]); });
}
inline F MulAdd(F a, F b, F c) {
  return Each<F>([&](int i) { return std::fma(a.v[i], b.v[i], c.v[i]); });
}
// value where a < b, else 0
inline F ZeroWhereLess(F a, F b, F value) {
  return Each<F>([&](int i) { return a.v[i] < b.v[i] ? 0.0f : value.v[i]; });
}
// 2^n for whole n in [-126, 127]; anything for NaN
inline F PowerOfTwo(F n) {
  return Each<F>([&](int i) {
    if (n.v[i] != n.v[i]) return 0.0f;
    return std::bit_cast<float>((static_cast<int32_t>(n.v[i]) + 127) << 23);
  });
}

inline bool AnyNan(F a) {
  bool any = false;
  for (float lane : a.v) any = any || lane != lane;
  return any;
}
// The largest lane; no lane is NaN.
inline float LargestLane(F a) {
  float most = a.v[0];
  for (int i = 1; i < kLanes; ++i) most = a.v[i] > most ? a.v[i] : most;
  return most;
}

inline I SetInt(int32_t x) {
  return Each<I>([&](int) { return x; });
}
inline I AddInt(I a, I b) {
  return Each<I>([&](int i) { return a.v[i] + b.v[i]; });
}
inline int32_t SumLanes(I a) {
  int32_t sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += a.v[i];
  return sum;
}
inline F ToFloat(I a) {
  return Each<F>([&](int i) { return static_cast<float>(a.v[i]); });
}
inline I Round(F a) {
  return Each<I>([&](int i) { return static_cast<int32_t>(std::nearbyintf(a.v[i])); });
}
inline void StoreBytes(int8_t* p, I a) {
  for (int i = 0; i < kLanes; ++i) p[i] = static_cast<int8_t>(a.v[i]);
}
inline F LoadSignedBytes(const int8_t* p) {
  return Each<F>([&](int i) { return static_cast<float>(p[i]); });
}
inline F LoadBytes(const uint8_t* p) {
  return Each<F>([&](int i) { return static_cast<float>(p[i]); });
}

inline B LoadQuants(const uint8_t* p) {
  B r;
  std::memcpy(r.v, p, sizeof(r.v));
  return r;
}
template <typename Fn>
inline B EachByte(Fn fn) {
  B r;
  for (int i = 0; i < kLanes * 4; ++i) r.v[i] = static_cast<uint8_t>(fn(i));
  return r;
}
inline B LowNibbles(B a) {
  return EachByte([&](int i) { return a.v[i] & 15; });
}
inline B HighNibbles(B a) {
  return EachByte([&](int i) { return a.v[i] >> 4; });
}
// Adds 16 where the bit is set; bits: kLanes·4 of them, the first in the lowest bit.
inline B AddFifthBit(B a, const uint8_t* bits) {
  return EachByte([&](int i) { return a.v[i] | (((bits[i / 8] >> (i % 8)) & 1) << 4); });
}
// Adds ((pairs >> shift) & 3) · 16.
template <int kShift>
inline B AddTopBits(B a, B pairs) {
  return EachByte([&](int i) { return a.v[i] | (((pairs.v[i] >> kShift) & 3) << 4); });
}

// acc + w · x for each lane's four bytes; w is 0..63.
inline I Dot(I acc, B w, const int8_t* x) {
  return Each<I>([&](int i) {
    int32_t sum = acc.v[i];
    for (int k = 0; k < 4; ++k) sum += static_cast<int32_t>(w.v[4 * i + k]) * x[k];
    return sum;
  });
}
// w holds a signed byte plus 128.
inline I StartBytes(int32_t) { return SetInt(0); }
inline I DotBytes(I acc, B w, const int8_t* x) {
  return Each<I>([&](int i) {
    int32_t sum = acc.v[i];
    for (int k = 0; k < 4; ++k) sum += (static_cast<int32_t>(w.v[4 * i + k]) - 128) * x[k];
    return sum;
  });
}

}  // namespace frontdesk::llm::portable
