// The products of each instruction set against plain loops, bit for bit: every part of a matrix, more inputs
// than are taken at a time, a last group that is narrow.
#include "llm/encoder/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace frontdesk::llm::encoder {
namespace {

constexpr int kOutputs = 2 * kGroup + 48, kInputs = 2 * 384 + 80, kMostRows = 15;

class Numbers {
 public:
  int Below(int n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int>((state_ >> 33) % static_cast<std::uint64_t>(n));
  }
  float Float() { return static_cast<float>(Below(20001) - 10000) / 7919.0f; }

 private:
  std::uint64_t state_ = 3;
};

std::vector<const Kernels*> All() {
  std::vector<const Kernels*> all = {&PortableKernels()};
  for (const Kernels* kernels : {Avx2Kernels(), Avx512VnniKernels()}) {
    if (kernels != nullptr) {
      all.push_back(kernels);
    } else {
      std::printf("SKIPPED an instruction set: not in this processor\n");
    }
  }
  return all;
}

// Where weight (output, k) lies, written as kernels.h says it.
std::size_t Place(int output, int k, int together) {
  const int group = output / kGroup, width = std::min(kGroup, kOutputs - group * kGroup);
  return static_cast<std::size_t>(group) * kGroup * kInputs +
         (static_cast<std::size_t>(k / together) * width + output % kGroup) * together +
         k % together;
}

template <typename Number>
std::vector<Number> Filled(std::size_t size, Number number) {
  return std::vector<Number>(size, number);
}

TEST(EncoderKernels, F32ProductsAreOneChainOfFma) {
  Numbers numbers;
  auto x = Filled(kMostRows * kInputs, 0.0f), bias = Filled(kOutputs, 0.0f),
       weights = Filled(kOutputs * kInputs, 0.0f);
  for (auto* values : {&x, &bias, &weights}) {
    for (float& value : *values) value = numbers.Float();
  }
  auto expected = Filled(kMostRows * kOutputs, 0.0f);
  for (int r = 0; r < kMostRows; ++r) {
    for (int o = 0; o < kOutputs; ++o) {
      float sum = bias[o];
      for (int k = 0; k < kInputs; ++k) {
        sum = std::fma(x[r * kInputs + k], weights[Place(o, k, 1)], sum);
      }
      expected[r * kOutputs + o] = sum;
    }
  }
  const GroupsF32 matrix = {weights.data(), bias.data(), kOutputs, kInputs};
  for (const Kernels* kernels : All()) {
    for (int rows = 1; rows <= kMostRows; ++rows) {
      auto out = Filled(rows * kOutputs, NAN);
      kernels->multiply_f32(x.data(), rows, matrix, 1, Groups(kOutputs), out.data());
      EXPECT_TRUE(std::isnan(out[kGroup - 1])) << kernels->name;  // group 0 was not asked for
      kernels->multiply_f32(x.data(), rows, matrix, 0, 1, out.data());
      EXPECT_EQ(std::memcmp(out.data(), expected.data(), out.size() * sizeof(float)), 0)
          << kernels->name << " " << rows;
    }
  }
}

TEST(EncoderKernels, Int8ProductsJoinExactBlocksInOrder) {
  Numbers numbers;
  const int blocks = Int8Blocks(kInputs);
  std::vector<std::int8_t> x(kMostRows * kInputs), weights(kOutputs * kInputs);
  for (auto* values : {&x, &weights}) {
    for (std::int8_t& value : *values) value = static_cast<std::int8_t>(numbers.Below(255) - 127);
  }
  auto row_scale = Filled(kMostRows * blocks, 0.0f), bias = Filled(kOutputs, 0.0f),
       scale = Filled(kOutputs, 0.0f);
  for (auto* values : {&row_scale, &bias, &scale}) {
    for (float& value : *values) value = numbers.Float();
  }
  std::vector<std::int32_t> sums(kMostRows * blocks);
  auto expected = Filled(kMostRows * kOutputs, 0.0f);
  for (int r = 0; r < kMostRows; ++r) {
    for (int k = 0; k < kInputs; ++k) sums[r * blocks + k / kInt8Block] += x[r * kInputs + k];
    for (int o = 0; o < kOutputs; ++o) {
      float total = 0;
      for (int b = 0; b < blocks; ++b) {
        std::int32_t dot = 0;
        for (int k = b * kInt8Block; k < std::min((b + 1) * kInt8Block, kInputs); ++k) {
          dot += x[r * kInputs + k] * weights[Place(o, k, 4)];
        }
        total = std::fma(static_cast<float>(dot), row_scale[r * blocks + b], total);
      }
      expected[r * kOutputs + o] = std::fma(total, scale[o], bias[o]);
    }
  }
  for (const Kernels* kernels : All()) {
    std::vector<std::uint8_t> held(weights.size());
    for (std::size_t i = 0; i < held.size(); ++i) {
      held[i] = static_cast<std::uint8_t>(weights[i] + (kernels->weights_plus_128 ? 128 : 0));
    }
    const GroupsInt8 matrix = {held.data(), scale.data(), bias.data(), kOutputs, kInputs};
    const QuantisedRows quantised = {x.data(), row_scale.data(), sums.data()};
    for (int rows = 1; rows <= kMostRows; ++rows) {
      auto out = Filled(rows * kOutputs, 0.0f);
      for (int g = 0; g < Groups(kOutputs); ++g) {
        kernels->multiply_int8(quantised, rows, matrix, g, g + 1, out.data());
      }
      EXPECT_EQ(std::memcmp(out.data(), expected.data(), out.size() * sizeof(float)), 0)
          << kernels->name << " " << rows;
    }
  }
}

}  // namespace
}  // namespace frontdesk::llm::encoder
