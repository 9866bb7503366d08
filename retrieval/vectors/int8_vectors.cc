#include "retrieval/vectors/int8_vectors.h"

#include <algorithm>
#include <array>
#include <cmath>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace frontdesk::retrieval {
namespace {

constexpr size_t kPad = 64;

size_t Padded(size_t dimensions) { return (dimensions + kPad - 1) / kPad * kPad; }

// Appends a vector in eight bits; returns its scale.
float Quantise(std::span<const float> vector, std::vector<int8_t>* out) {
  float largest = 0;
  for (const float v : vector) largest = std::max(largest, std::abs(v));
  const float scale = largest / 127.0f;
  for (const float v : vector) {
    // Half away from zero, written out so that no rounding mode matters.
    const float x = largest > 0 ? v / scale : 0.0f;
    const auto magnitude = static_cast<int>(std::abs(x) + 0.5f);
    out->push_back(
        static_cast<int8_t>(x < 0 ? -std::min(magnitude, 127) : std::min(magnitude, 127)));
  }
  out->resize(out->size() + Padded(vector.size()) - vector.size(), 0);
  return scale;
}

void DotsPlain(const int8_t* query, const int8_t* rows, const int32_t*, size_t count, size_t size,
               int32_t* out) {
  for (size_t i = 0; i < count; ++i) out[i] = PlainDot(query, rows + i * size, size);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void DotsAvx2(const int8_t* query, const int8_t* rows, const int32_t*,
                                      size_t count, size_t size, int32_t* out) {
  for (size_t i = 0; i < count; ++i) {
    const int8_t* row = rows + i * size;
    __m256i sum = _mm256_setzero_si256();
    for (size_t j = 0; j < size; j += 16) {
      const __m256i q =
          _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(query + j)));
      const __m256i r =
          _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + j)));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(q, r));
    }
    std::array<int32_t, 8> lanes;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes.data()), sum);
    out[i] = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
             ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
  }
}

// The instruction multiplies unsigned by signed bytes: the query is moved up by 128, and 128
// times the row's sum is taken off again.
[[gnu::target("avx512f,avx512bw,avx512vnni")]] void DotsVnni(const int8_t* query,
                                                             const int8_t* rows,
                                                             const int32_t* sums, size_t count,
                                                             size_t size, int32_t* out) {
  const __m512i up = _mm512_set1_epi8(static_cast<char>(0x80));
  const size_t steps = size / 64;
  for (size_t i = 0; i < count; ++i) {
    const int8_t* row = rows + i * size;
    __m512i a = _mm512_setzero_si512();
    __m512i b = _mm512_setzero_si512();
    for (size_t j = 0; j < steps; ++j) {
      const __m512i q = _mm512_xor_si512(_mm512_loadu_si512(query + 64 * j), up);
      const __m512i r = _mm512_loadu_si512(row + 64 * j);
      if (j % 2 == 0) {
        a = _mm512_dpbusd_epi32(a, q, r);
      } else {
        b = _mm512_dpbusd_epi32(b, q, r);
      }
    }
    std::array<int32_t, 16> lanes;
    _mm512_storeu_si512(lanes.data(), _mm512_add_epi32(a, b));
    int32_t sum = 0;
    for (const int32_t lane : lanes) sum += lane;
    out[i] = sum - 128 * sums[i];
  }
}
#endif

}  // namespace

std::vector<DotKernel> DotKernels() {
  std::vector<DotKernel> out = {{"plain", DotsPlain}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) out.push_back({"avx2", DotsAvx2});
  if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")) {
    out.push_back({"avx512vnni", DotsVnni});
  }
#endif
  return out;
}

int32_t PlainDot(const int8_t* a, const int8_t* b, size_t size) {
  int32_t sum = 0;
  for (size_t i = 0; i < size; ++i) sum += static_cast<int32_t>(a[i]) * b[i];
  return sum;
}

float ExactDot(std::span<const float> a, std::span<const float> b) {
  constexpr size_t kLanes = 16;
  std::array<float, kLanes> lanes{};
  size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  for (size_t lane = 0; i < a.size(); ++i, ++lane) lanes[lane] += a[i] * b[i];
  for (size_t half = kLanes / 2; half > 0; half /= 2) {
    for (size_t lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
}

Int8Query::Int8Query(std::span<const float> vector) : scale(Quantise(vector, &values)) {}

Int8Vectors::Int8Vectors(size_t dimensions)
    : dimensions_(dimensions), stride_(Padded(dimensions)) {}

void Int8Vectors::Add(std::span<const float> vector) {
  scales_.push_back(Quantise(vector, &values_));
  int32_t sum = 0;
  for (const int8_t v : row(scales_.size() - 1)) sum += v;
  sums_.push_back(sum);
}

void Int8Vectors::AddRow(const Int8Vectors& other, size_t row) {
  const std::span<const int8_t> values = other.row(row);
  values_.insert(values_.end(), values.begin(), values.end());
  scales_.push_back(other.scales_[row]);
  sums_.push_back(other.sums_[row]);
}

void Int8Vectors::AddCoded(std::span<const int8_t> values, float scale) {
  values_.insert(values_.end(), values.begin(), values.end());
  values_.resize(values_.size() + stride_ - values.size(), 0);
  int32_t sum = 0;
  for (const int8_t v : values) sum += v;
  scales_.push_back(scale);
  sums_.push_back(sum);
}

void Int8Vectors::Dots(const Int8Query& query, float* out) const { Dots(query, 0, size(), out); }

void Int8Vectors::Dots(const Int8Query& query, size_t begin, size_t count, float* out) const {
  static const DotKernel kernel = DotKernels().back();
  constexpr size_t kBatch = 256;
  std::array<int32_t, kBatch> dots;
  for (size_t done = 0; done < count; done += kBatch) {
    const size_t at = begin + done;
    const size_t size = std::min(kBatch, count - done);
    kernel.run(query.values.data(), values_.data() + at * stride_, sums_.data() + at, size, stride_,
               dots.data());
    for (size_t i = 0; i < size; ++i) {
      out[done + i] = static_cast<float>(dots[i]) * query.scale * scales_[at + i];
    }
  }
}

}  // namespace frontdesk::retrieval
