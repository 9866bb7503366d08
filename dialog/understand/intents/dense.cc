#include "dialog/understand/intents/dense.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FRONTDESK_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FRONTDESK_CLONES
#endif

namespace frontdesk::understand {

namespace {
constexpr size_t kLanes = 16;
}  // namespace

FRONTDESK_CLONES float Dot(const float* a, const float* b, size_t n) {
  float lane[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (size_t l = 0; l < kLanes; ++l) lane[l] += a[i + l] * b[i + l];
  }
  for (size_t l = 0; i + l < n; ++l) lane[l] += a[i + l] * b[i + l];
  for (size_t half = kLanes / 2; half > 0; half /= 2) {
    for (size_t l = 0; l < half; ++l) lane[l] += lane[l + half];
  }
  return lane[0];
}

FRONTDESK_CLONES int32_t DotBytes(const int16_t* a, const int8_t* b, size_t n) {
  int32_t sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const int16_t wide = b[i];  // two factors of 16 bits: multiplied and added in pairs at once
    sum += int32_t{a[i]} * int32_t{wide};
  }
  return sum;
}

FRONTDESK_CLONES void AddScaled(float c, const float* __restrict x, float* __restrict y,
                                size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] += c * x[i];
}

FRONTDESK_CLONES void AddScaled(float c, const int8_t* __restrict x, float* __restrict y,
                                size_t n) {
  for (size_t i = 0; i < n; ++i) y[i] += c * x[i];
}

FRONTDESK_CLONES void MultiplyRows(const float* __restrict x, size_t rows, size_t depth,
                                   const float* __restrict w, size_t width,
                                   float* __restrict scores) {
  for (size_t k = 0; k < width; k += kLanes) {
    size_t r = 0;
    for (; r + 4 <= rows; r += 4) {
      float s0[kLanes] = {}, s1[kLanes] = {}, s2[kLanes] = {}, s3[kLanes] = {};
      const float* x0 = x + r * depth;
      for (size_t d = 0; d < depth; ++d) {
        const float* row = w + d * width + k;
        const float a0 = x0[d], a1 = x0[depth + d], a2 = x0[2 * depth + d], a3 = x0[3 * depth + d];
        for (size_t l = 0; l < kLanes; ++l) {
          s0[l] += a0 * row[l];
          s1[l] += a1 * row[l];
          s2[l] += a2 * row[l];
          s3[l] += a3 * row[l];
        }
      }
      float* out = scores + r * width + k;
      for (size_t l = 0; l < kLanes; ++l) {
        out[l] = s0[l];
        out[width + l] = s1[l];
        out[2 * width + l] = s2[l];
        out[3 * width + l] = s3[l];
      }
    }
    for (; r < rows; ++r) {
      float s[kLanes] = {};
      for (size_t d = 0; d < depth; ++d) {
        for (size_t l = 0; l < kLanes; ++l) s[l] += x[r * depth + d] * w[d * width + k + l];
      }
      for (size_t l = 0; l < kLanes; ++l) scores[r * width + k + l] = s[l];
    }
  }
}

FRONTDESK_CLONES void AddOuter(const float* __restrict x, size_t rows, size_t depth,
                               const float* __restrict residual, size_t width,
                               float* __restrict gradient) {
  for (size_t k = 0; k < width; k += kLanes) {
    size_t d = 0;
    for (; d + 4 <= depth; d += 4) {
      float g0[kLanes] = {}, g1[kLanes] = {}, g2[kLanes] = {}, g3[kLanes] = {};
      for (size_t r = 0; r < rows; ++r) {
        const float* e = residual + r * width + k;
        const float* a = x + r * depth + d;
        for (size_t l = 0; l < kLanes; ++l) {
          g0[l] += a[0] * e[l];
          g1[l] += a[1] * e[l];
          g2[l] += a[2] * e[l];
          g3[l] += a[3] * e[l];
        }
      }
      float* out = gradient + d * width + k;
      for (size_t l = 0; l < kLanes; ++l) {
        out[l] += g0[l];
        out[width + l] += g1[l];
        out[2 * width + l] += g2[l];
        out[3 * width + l] += g3[l];
      }
    }
    for (; d < depth; ++d) {
      float g[kLanes] = {};
      for (size_t r = 0; r < rows; ++r) {
        for (size_t l = 0; l < kLanes; ++l) g[l] += x[r * depth + d] * residual[r * width + k + l];
      }
      for (size_t l = 0; l < kLanes; ++l) gradient[d * width + k + l] += g[l];
    }
  }
}

}  // namespace frontdesk::understand
