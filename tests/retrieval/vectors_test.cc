#include "retrieval/vectors/int8_vectors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace frontdesk::retrieval {
namespace {

std::vector<float> RandomUnit(std::mt19937* random, size_t size) {
  std::vector<float> out(size);
  float square = 0;
  for (float& v : out) {
    v = static_cast<float>((*random)() % 2001) / 1000.0f - 1.0f;
    square += v * v;
  }
  for (float& v : out) v /= std::sqrt(square);
  return out;
}

TEST(DotKernels, AllGiveTheSameIntegers) {
  std::mt19937 random(1);
  for (const size_t size : {size_t{64}, size_t{384}, size_t{1024}, size_t{2048}}) {
    std::vector<int8_t> query(size), rows(size * 9);
    for (int8_t& v : query) v = static_cast<int8_t>(static_cast<int>(random() % 255) - 127);
    for (int8_t& v : rows) v = static_cast<int8_t>(static_cast<int>(random() % 255) - 127);
    for (size_t i = 0; i < size; ++i) rows[i] = query[i] = 127;  // the largest sum there is
    std::vector<int32_t> sums(9, 0);
    for (size_t i = 0; i < rows.size(); ++i) sums[i / size] += rows[i];
    for (const DotKernel& kernel : DotKernels()) {
      std::vector<int32_t> out(9);
      kernel.run(query.data(), rows.data(), sums.data(), 9, size, out.data());
      for (size_t r = 0; r < 9; ++r) {
        ASSERT_EQ(out[r], PlainDot(query.data(), rows.data() + r * size, size))
            << kernel.name << " " << size;
      }
    }
  }
}

TEST(Int8Vectors, DotsAreCloseToTheRealOnes) {
  std::mt19937 random(2);
  for (const size_t size : {size_t{3}, size_t{64}, size_t{100}, size_t{384}}) {
    Int8Vectors vectors(size);
    std::vector<std::vector<float>> rows;
    for (int i = 0; i < 300; ++i) {
      rows.push_back(RandomUnit(&random, size));
      vectors.Add(rows.back());
    }
    const std::vector<float> query = RandomUnit(&random, size);
    std::vector<float> dots(300);
    vectors.Dots(Int8Query(query), dots.data());
    for (size_t i = 0; i < 300; ++i) ASSERT_NEAR(dots[i], ExactDot(query, rows[i]), 0.012) << size;
  }
}

TEST(Int8Vectors, ZeroVectorAndNoRows) {
  Int8Vectors vectors(8);
  float out = 7;
  vectors.Dots(Int8Query(std::vector<float>(8, 1.0f)), &out);
  EXPECT_EQ(out, 7);
  vectors.Add(std::vector<float>(8, 0.0f));
  vectors.Dots(Int8Query(std::vector<float>(8, 1.0f)), &out);
  EXPECT_EQ(out, 0);
}

TEST(ExactDot, AgreesWithDoubles) {
  std::mt19937 random(3);
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{15}, size_t{16}, size_t{17}, size_t{384}}) {
    std::vector<float> a(size), b(size);
    double sum = 0;
    for (size_t i = 0; i < size; ++i) {
      a[i] = static_cast<float>(random() % 100) / 100.0f;
      b[i] = static_cast<float>(random() % 100) / 100.0f;
      sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    EXPECT_NEAR(ExactDot(a, b), sum, 1e-4) << size;
  }
}

}  // namespace
}  // namespace frontdesk::retrieval
