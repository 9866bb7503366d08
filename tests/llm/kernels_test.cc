// The kernels against plain loops, and every instruction set against the portable one:
// equal bits, not nearly equal numbers.

#include "llm/kernels/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "llm/kernels/packed_matrix.h"
#include "llm/math.h"
#include "llm/runtime/activations.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {
namespace {

constexpr TensorType kTypes[] = {TensorType::kQ4_0, TensorType::kQ4_1, TensorType::kQ5_0,
                                 TensorType::kQ5_1, TensorType::kQ8_0, TensorType::kQ4_K,
                                 TensorType::kQ5_K, TensorType::kQ6_K, TensorType::kF16,
                                 TensorType::kBF16, TensorType::kF32};

// The sets this processor has; the missing ones are printed, their claim stays open.
std::vector<const Kernels*> AllKernels() {
  std::vector<const Kernels*> all;
  for (Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512Vnni}) {
    if (const Kernels* kernels = KernelsFor(isa)) {
      all.push_back(kernels);
    } else {
      std::printf("SKIPPED: this processor has no %s\n", std::string(IsaName(isa)).c_str());
    }
  }
  return all;
}

struct TestMatrix {
  std::string bytes;
  GgufTensor tensor;
  WeightArena arena;
  PackedMatrix packed;
  std::vector<float> plain;  // [rows, columns]

  TestMatrix(TensorType type, int rows, int columns, TestRandom& random)
      : bytes(RandomBlocks(type, static_cast<uint64_t>(rows) * columns, 1.0f, random)),
        tensor{.name = "w",
               .type = type,
               .columns = static_cast<uint64_t>(columns),
               .rows = static_cast<uint64_t>(rows),
               .bytes = {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}},
        arena(*WeightArena::Reserve(PackedMatrix::BytesFor(tensor) + 64)),
        packed(*PackedMatrix::Allocate(tensor, arena)),
        plain(static_cast<size_t>(rows) * columns) {
    EXPECT_TRUE(packed.Fill(tensor, {}, 0, packed.panels()).ok());
    Dequantise(type, tensor.bytes.data(), plain);
  }
};

std::vector<float> RandomVector(size_t size, TestRandom& random) {
  std::vector<float> values(size);
  for (float& value : values) value = random.Uniform(-2, 2);
  return values;
}

std::vector<float> Multiply(const Kernels& kernels, const PackedMatrix& matrix,
                            const std::vector<float>& x, int tokens) {
  Activations activations(kernels);
  Activations::Forms forms;
  forms.Include(matrix);
  activations.Resize(tokens, matrix.columns(), forms);
  for (int t = 0; t < tokens; ++t) activations.Put(t, x.data() + t * matrix.columns());
  const size_t stride = static_cast<size_t>(matrix.panels()) * kPanelRows;
  std::vector<float> y(tokens * stride, -1.0f);
  activations.Multiply(matrix, 0, matrix.panels(), y.data(), stride);
  return y;
}

TEST(PackedMatrixTest, DecodesToExactlyWhatTheFileHolds) {
  TestRandom random(3);
  for (TensorType type : kTypes) {
    TestMatrix m(type, 37, 512, random);
    std::vector<float> row(512);
    for (int r = 0; r < 37; ++r) {
      m.packed.DecodeRow(r, row.data());
      for (int c = 0; c < 512; ++c) {
        // Q6_K multiplies three numbers; the order shows in the last bit.
        ASSERT_FLOAT_EQ(row[c], m.plain[r * 512 + c]) << ShapeOf(type).name << " " << r << "," << c;
      }
    }
  }
}

TEST(PackedMatrixTest, RowOrderIsFollowed) {
  TestRandom random(4);
  TestMatrix m(TensorType::kQ4_1, 32, 64, random);
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < 32; ++i) order.push_back(31 - i);
  std::vector<float> row(64);
  WeightArena arena = *WeightArena::Reserve(1 << 20);
  PackedMatrix turned = *PackedMatrix::Allocate(m.tensor, arena);
  ASSERT_TRUE(turned.Fill(m.tensor, order, 0, turned.panels()).ok());
  turned.DecodeRow(0, row.data());
  for (int c = 0; c < 64; ++c) EXPECT_EQ(row[c], m.plain[31 * 64 + c]);
}

TEST(PackedMatrixTest, RefusesNumbersThatAreNotFinite) {
  TestRandom random(5);
  for (TensorType type : {TensorType::kQ4_1, TensorType::kQ6_K, TensorType::kF32}) {
    TestMatrix m(type, 16, 256, random);
    std::string bytes = m.bytes;
    const size_t at = type == TensorType::kQ6_K ? 208 : 0;
    for (size_t i = at; i < at + (type == TensorType::kF32 ? 4 : 2); ++i) bytes[i] = '\xFF';
    GgufTensor bent = m.tensor;
    bent.bytes = {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
    EXPECT_EQ(m.packed.Fill(bent, {}, 0, 1).code(), absl::StatusCode::kDataLoss);
  }
}

TEST(MatrixKernelTest, AgreesWithAPlainProduct) {
  TestRandom random(6);
  for (const Kernels* kernels : AllKernels()) {
    for (TensorType type : kTypes) {
      TestMatrix m(type, 37, 512, random);
      const std::vector<float> x = RandomVector(5 * 512, random);
      const std::vector<float> y = Multiply(*kernels, m.packed, x, 5);
      for (int t = 0; t < 5; ++t) {
        for (int r = 0; r < 37; ++r) {
          double sum = 0, size = 0;
          for (int c = 0; c < 512; ++c) {
            const double product = double{m.plain[r * 512 + c]} * x[t * 512 + c];
            sum += product;
            size += std::fabs(product);
          }
          // int8 activations: an error of half a step for each factor, evened out.
          const double tolerance = (IsFloatForm(m.packed.form()) ? 1e-5 : 2e-3) * size;
          ASSERT_NEAR(y[t * 48 + r], sum, tolerance)
              << kernels->name << " " << ShapeOf(type).name << " token " << t << " row " << r;
        }
      }
    }
  }
}

// A token's result is the same alone, in any tile and on any instruction set.
TEST(MatrixKernelTest, BitsDoNotDependOnCompanionsOrInstructionSet) {
  TestRandom random(7);
  const std::vector<const Kernels*> all = AllKernels();
  for (TensorType type : kTypes) {
    TestMatrix m(type, 40, 256, random);
    const std::vector<float> x = RandomVector(27 * 256, random);
    std::vector<float> expected;
    for (int t = 0; t < 27; ++t) {
      const std::vector<float> one(x.begin() + t * 256, x.begin() + (t + 1) * 256);
      const std::vector<float> y = Multiply(*all[0], m.packed, one, 1);
      expected.insert(expected.end(), y.begin(), y.end());
    }
    for (const Kernels* kernels : all) {
      for (int tokens : {1, 2, 3, 5, 7, 12, 13, 27}) {
        const std::vector<float> y = Multiply(*kernels, m.packed, x, tokens);
        for (int i = 0; i < tokens * 48; ++i) {
          ASSERT_EQ(std::bit_cast<uint32_t>(y[i]), std::bit_cast<uint32_t>(expected[i]))
              << kernels->name << " " << ShapeOf(type).name << " " << tokens << " tokens, " << i;
        }
      }
    }
  }
}

// Bytes have no infinity: a block that overflowed must not come out as zeros or as a large number.
TEST(MatrixKernelTest, WhatIsNotFiniteStaysSo) {
  TestRandom random(11);
  for (const Kernels* kernels : AllKernels()) {
    for (TensorType type : kTypes) {
      TestMatrix m(type, 16, 256, random);
      for (float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                        std::numeric_limits<float>::quiet_NaN()}) {
        for (int at : {0, 31, 100, 255}) {
          std::vector<float> x = RandomVector(3 * 256, random);
          x[256 + at] = bad;
          const std::vector<float> y = Multiply(*kernels, m.packed, x, 3);
          for (int r = 0; r < 16; ++r) {
            EXPECT_TRUE(std::isfinite(y[r])) << kernels->name << " " << ShapeOf(type).name;
            EXPECT_FALSE(std::isfinite(y[16 + r])) << kernels->name << " " << ShapeOf(type).name;
            EXPECT_TRUE(std::isfinite(y[32 + r])) << kernels->name << " " << ShapeOf(type).name;
          }
        }
      }
    }
  }
}

TEST(ElementKernelTest, ExpOfWhatIsNoNumberIsNoNumber) {
  std::vector<float> x(16, 1.0f), y(16);
  x[3] = std::numeric_limits<float>::quiet_NaN();
  for (const Kernels* k : AllKernels()) {
    k->exp_shifted(x.data(), 0.0f, 16, y.data());
    for (int i = 0; i < 16; ++i) EXPECT_EQ(std::isnan(y[i]), i == 3) << k->name << " " << i;
  }
}

TEST(ElementKernelTest, BitsDoNotDependOnTheInstructionSet) {
  TestRandom random(8);
  const std::vector<float> a = RandomVector(192, random), b = RandomVector(192, random);
  std::vector<std::vector<float>> results;
  for (const Kernels* k : AllKernels()) {
    std::vector<float> all(192 * 6);
    k->rms_norm(a.data(), b.data(), 192, 180, 1e-5f, all.data());
    k->silu_gate(a.data(), b.data(), 192, all.data() + 192);
    k->gelu_gate(a.data(), b.data(), 192, all.data() + 384);
    k->exp_shifted(a.data(), 1.25f, 192, all.data() + 576);
    std::copy(a.begin(), a.end(), all.begin() + 768);
    k->rotate(all.data() + 768, b.data(), b.data() + 90, 90, 192, 0.125f);
    std::copy(a.begin(), a.end(), all.begin() + 960);
    k->add(all.data() + 960, b.data(), 191);
    results.push_back(all);
    for (size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(std::bit_cast<uint32_t>(all[i]), std::bit_cast<uint32_t>(results[0][i]))
          << k->name << " " << i;
    }
  }
}

TEST(ElementKernelTest, VectorExpIsTheScalarOneBitForBit) {
  std::vector<float> x;
  for (float v = -100; v < 100; v += 0.0371f) x.push_back(v);
  x.resize(x.size() / 16 * 16);
  for (const Kernels* k : AllKernels()) {
    std::vector<float> y(x.size());
    k->exp_shifted(x.data(), 0.0f, static_cast<int>(x.size()), y.data());
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(std::bit_cast<uint32_t>(y[i]), std::bit_cast<uint32_t>(Exp(x[i]))) << x[i];
      if (x[i] > -87 && x[i] < 88) {
        ASSERT_NEAR(y[i] / std::exp(double{x[i]}), 1.0, 3e-7) << x[i];
      }
    }
  }
}

// Attention against a plain double loop, with a window and without, and token by token
// against many at once.
TEST(AttentionKernelTest, AgreesWithAPlainLoopAndWithItself) {
  TestRandom random(9);
  const int dim = 48, group = 3, positions = 75;
  const size_t head_offset = 32;
  const int page_halves = 32 + 32 * dim;
  const std::vector<float> keys = RandomVector(positions * dim, random);
  const std::vector<float> values = RandomVector(positions * dim, random);
  const std::vector<float> q = RandomVector(positions * group * dim, random);
  for (int window : {0, 20}) {
    std::vector<float> expected;
    for (const Kernels* k : AllKernels()) {
      std::vector<std::vector<uint16_t>> pages(5, std::vector<uint16_t>(page_halves));
      std::vector<const uint16_t*> addresses;
      for (auto& page : pages) addresses.push_back(page.data());
      for (int p = 0; p < positions; ++p) {
        uint16_t* head = pages[p / 16].data() + head_offset;
        k->store_key(keys.data() + p * dim, dim, head, p % 16);
        k->store_value(values.data() + p * dim, dim, head, p % 16);
      }
      for (int chunk : {1, 7, 8, 64}) {
        std::vector<float> out(positions * group * dim);
        std::vector<float> scratch(AttentionScratch(chunk, group, dim, positions));
        for (int at = 0; at < positions; at += chunk) {
          k->attention({.q = q.data() + at * group * dim,
                        .q_stride = static_cast<size_t>(group) * dim,
                        .out = out.data() + at * group * dim,
                        .out_stride = static_cast<size_t>(group) * dim,
                        .pages = addresses.data(),
                        .head_offset = head_offset,
                        .head_dim = dim,
                        .group = group,
                        .tokens = std::min(chunk, positions - at),
                        .first_position = at,
                        .window = window,
                        .scratch = scratch.data()});
        }
        if (expected.empty()) {
          expected = out;
        }
        for (size_t i = 0; i < out.size(); ++i) {
          ASSERT_EQ(out[i], expected[i]) << k->name << " chunk " << chunk << " at " << i;
        }
      }
    }
    for (int p = 0; p < positions; ++p) {
      for (int g = 0; g < group; ++g) {
        const float* query = q.data() + (p * group + g) * dim;
        const int begin = window > 0 ? std::max(0, p + 1 - window) : 0;
        std::vector<double> weights;
        double total = 0;
        for (int s = begin; s <= p; ++s) {
          double score = 0;
          for (int d = 0; d < dim; ++d) score += double{query[d]} * keys[s * dim + d];
          weights.push_back(std::exp(score));
          total += weights.back();
        }
        for (int d = 0; d < dim; ++d) {
          double mixed = 0;
          for (int s = begin; s <= p; ++s)
            mixed += weights[s - begin] / total * values[s * dim + d];
          ASSERT_NEAR(expected[(p * group + g) * dim + d], mixed, 0.02)
              << p << " " << g << " " << d;
        }
      }
    }
  }
}

}  // namespace
}  // namespace frontdesk::llm
