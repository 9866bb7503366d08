// The numeric parts against plain slow twins.

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "dialog/understand/intents/dense.h"
#include "dialog/understand/intents/fusion.h"
#include "dialog/understand/intents/lexical_features.h"
#include "dialog/understand/intents/linear_svm.h"
#include "dialog/understand/intents/newton.h"
#include "dialog/understand/intents/softmax_regression.h"
#include "gtest/gtest.h"
#include "llm/math.h"

namespace frontdesk::understand {
namespace {

// Numbers that look random and are the same everywhere.
class Numbers {
 public:
  float Next() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<float>(static_cast<int64_t>(state_ >> 40) - (1 << 23)) / (1 << 23);
  }
  std::vector<float> Many(size_t n) {
    std::vector<float> values(n);
    for (float& v : values) v = Next();
    return values;
  }

 private:
  uint64_t state_ = 42;
};

TEST(DenseTest, DotIsTheSumOfProducts) {
  Numbers numbers;
  for (size_t n : {0, 1, 15, 16, 17, 384, 385}) {
    const std::vector<float> a = numbers.Many(n), b = numbers.Many(n);
    double plain = 0;
    for (size_t i = 0; i < n; ++i) plain += static_cast<double>(a[i]) * b[i];
    EXPECT_NEAR(Dot(a.data(), b.data(), n), plain, 1e-4) << n;
  }
}

TEST(DenseTest, DotBytesIsExact) {
  std::vector<int16_t> a(387);
  std::vector<int8_t> b(387);
  int32_t plain = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<int16_t>(static_cast<int>(i * 37 % 255) - 127);
    b[i] = static_cast<int8_t>(i * 91 % 255 - 127);
    plain += a[i] * b[i];
  }
  EXPECT_EQ(DotBytes(a.data(), b.data(), a.size()), plain);
}

TEST(DenseTest, AddScaledOfBytesHasTheBitsOfThePlainLoop) {
  Numbers numbers;
  std::vector<float> sum = numbers.Many(71), plain = sum;
  std::vector<int8_t> x(sum.size());
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<int8_t>(static_cast<int>(i * 91 % 255) - 127);
    const float product = 0.37f * static_cast<float>(x[i]);
    plain[i] += product;
  }
  AddScaled(0.37f, x.data(), sum.data(), sum.size());
  EXPECT_EQ(sum, plain);
}

TEST(DenseTest, MultiplyRowsAndAddOuterAgreeWithLoops) {
  Numbers numbers;
  constexpr size_t kRows = 7, kDepth = 21, kWidth = 32;
  const std::vector<float> x = numbers.Many(kRows * kDepth), w = numbers.Many(kDepth * kWidth);
  std::vector<float> scores(kRows * kWidth), gradient(kDepth * kWidth, 1.0f);
  MultiplyRows(x.data(), kRows, kDepth, w.data(), kWidth, scores.data());
  AddOuter(x.data(), kRows, kDepth, scores.data(), kWidth, gradient.data());
  for (size_t r = 0; r < kRows; ++r) {
    for (size_t k = 0; k < kWidth; ++k) {
      float plain = 0;
      for (size_t d = 0; d < kDepth; ++d) plain += x[r * kDepth + d] * w[d * kWidth + k];
      EXPECT_EQ(scores[r * kWidth + k], plain);  // the same order of additions
    }
  }
  for (size_t d = 0; d < kDepth; ++d) {
    for (size_t k = 0; k < kWidth; ++k) {
      float plain = 0;
      for (size_t r = 0; r < kRows; ++r) plain += x[r * kDepth + d] * scores[r * kWidth + k];
      EXPECT_EQ(gradient[d * kWidth + k], 1.0f + plain);
    }
  }
}

TEST(NewtonTest, SolvesASymmetricSystem) {
  const std::vector<double> x = SolveSymmetric({4, 1, 1, 3}, {1, 2});
  EXPECT_NEAR(x[0], 1.0 / 11, 1e-12);
  EXPECT_NEAR(x[1], 7.0 / 11, 1e-12);
}

TEST(LexicalFeaturesTest, NumbersVaultTokensAndApostrophesShareTheirWord) {
  EXPECT_EQ(FeatureWords("Order 48213"), FeatureWords("order 51877"));
  EXPECT_EQ(FeatureWords("don't"), (std::vector<std::string>{"dont"}));
  EXPECT_EQ(FeatureWords("mail <EMAIL_1>"), (std::vector<std::string>{"mail", "<email>"}));
  EXPECT_TRUE(FeatureWords("...").empty());
}

TEST(LexicalFeaturesTest, BothPartsHaveLengthOne) {
  const std::vector<std::string> texts = {"where is my order", "return my boots"};
  const LexicalFeatures features = LexicalFeatures::Build(texts, 1);
  float known = 0, squares = 0;
  for (const SparseEntry& e : features.Transform("where are my boots", &known)) {
    squares += e.value * e.value;
  }
  EXPECT_NEAR(squares, 2.0f, 1e-5);
  EXPECT_NEAR(known, 0.75f, 1e-6);
  EXPECT_TRUE(features.Transform("", nullptr).empty());
}

// Two clouds on two axes.
Examples Clouds() {
  Numbers numbers;
  Examples examples;
  examples.dense_depth = 16;
  examples.classes = 2;
  for (int i = 0; i < 60; ++i) {
    std::vector<float> x = numbers.Many(16);
    x[0] += i % 2 == 0 ? 2.0f : -2.0f;
    examples.dense.insert(examples.dense.end(), x.begin(), x.end());
    examples.sparse.push_back({});
    examples.label.push_back(i % 2);
  }
  return examples;
}

std::vector<uint32_t> AllRows(const Examples& examples) {
  std::vector<uint32_t> rows(examples.rows());
  for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
  return rows;
}

// Primal objective of the SVM: |w|²/2 + C Σ max(0, 1 - y f)².
double SvmObjective(const Examples& examples, const SvmWeights& w, float cost) {
  double value = 0.5 * w.bias * w.bias;
  for (float v : w.dense) value += 0.5 * v * v;
  for (size_t i = 0; i < examples.rows(); ++i) {
    const float y = examples.label[i] == 0 ? 1.0f : -1.0f;
    const double margin =
        y * (w.bias + Dot(examples.dense_row(i), w.dense.data(), examples.dense_depth));
    const double loss = margin < 1 ? 1 - margin : 0;
    value += cost * loss * loss;
  }
  return value;
}

TEST(LinearSvmTest, ReachesTheMinimumGradientDescentFinds) {
  const Examples examples = Clouds();
  const SvmOptions options{.cost = 1.0f, .sparse_scale = 0, .epochs = 2000, .tolerance = 1e-5f};
  const SvmWeights fast = TrainSvm(examples, AllRows(examples), 0, 0, options);
  SvmWeights slow;
  slow.dense.assign(16, 0.0f);
  for (int step = 0; step < 20000; ++step) {
    std::vector<double> gradient(slow.dense.begin(), slow.dense.end());
    double bias_gradient = slow.bias;
    for (size_t i = 0; i < examples.rows(); ++i) {
      const float y = examples.label[i] == 0 ? 1.0f : -1.0f;
      const float f = slow.bias + Dot(examples.dense_row(i), slow.dense.data(), 16);
      if (y * f >= 1) continue;
      const double g = 2 * (f - y);
      for (int d = 0; d < 16; ++d) gradient[d] += g * examples.dense_row(i)[d];
      bias_gradient += g;
    }
    for (int d = 0; d < 16; ++d) slow.dense[d] -= static_cast<float>(1e-3 * gradient[d]);
    slow.bias -= static_cast<float>(1e-3 * bias_gradient);
  }
  EXPECT_NEAR(SvmObjective(examples, fast, 1.0f), SvmObjective(examples, slow, 1.0f), 1e-3);
}

TEST(SoftmaxRegressionTest, GradientVanishesAtTheSolution) {
  const Examples examples = Clouds();
  constexpr double kCost = 1.0;
  const SoftmaxWeights s = TrainSoftmax(examples, AllRows(examples),
                                        {.cost = 1.0f, .iterations = 500, .tolerance = 1e-6f});
  for (int k = 0; k < 2; ++k) {
    for (size_t d = 0; d < 16; ++d) {
      double gradient = s.w[d * s.width + k];
      for (size_t i = 0; i < examples.rows(); ++i) {
        double logit[2];
        for (int c = 0; c < 2; ++c) {
          logit[c] = s.w[16 * s.width + c];
          for (size_t e = 0; e < 16; ++e) logit[c] += examples.dense_row(i)[e] * s.w[e * s.width + c];
        }
        const double p = 1 / (1 + std::exp(logit[1 - k] - logit[k]));
        gradient += kCost * (p - (examples.label[i] == k)) * examples.dense_row(i)[d];
      }
      EXPECT_NEAR(gradient, 0.0, 5e-3);
    }
  }
}

// Features that all but agree, as embeddings do: without their curvature thirty steps are far away.
TEST(SoftmaxRegressionTest, ReachesTheMinimumInFewStepsWhenFeaturesLieCloseTogether) {
  Examples examples = Clouds();
  for (size_t i = 0; i < examples.rows(); ++i) {
    for (size_t d = 0; d < 16; ++d) {
      float& v = examples.dense[i * 16 + d];
      v = 3.0f + v / static_cast<float>(1 + d * d);
    }
  }
  const auto objective = [&](const SoftmaxWeights& s) {
    double value = 0;
    for (size_t i = 0; i < 16 * s.width; ++i) value += 0.5 * s.w[i] * s.w[i];
    for (size_t i = 0; i < examples.rows(); ++i) {
      double logit[2];
      for (int c = 0; c < 2; ++c) {
        logit[c] = s.w[16 * s.width + c];
        for (size_t d = 0; d < 16; ++d) logit[c] += examples.dense_row(i)[d] * s.w[d * s.width + c];
      }
      value += 30.0 * std::log1p(std::exp(logit[1 - i % 2] - logit[i % 2]));
    }
    return value;
  };
  const std::vector<uint32_t> rows = AllRows(examples);
  const double few = objective(TrainSoftmax(examples, rows, {.iterations = 30, .tolerance = 0}));
  const double many = objective(TrainSoftmax(examples, rows, {.iterations = 2000, .tolerance = 0}));
  EXPECT_NEAR(few, many, 0.01 * many);
}

TEST(FusionTest, WeighsTheViewThatKnowsAndDropsTheOneThatDoesNot) {
  Numbers numbers;
  std::vector<ViewScores> scores;
  std::vector<int> labels;
  for (int i = 0; i < 300; ++i) {
    ViewScores s;
    const int label = i % 3;
    for (int v = 0; v < kViews; ++v) s.view[v] = numbers.Many(3);
    s.view[kLexical][label] += 1.5f;   // knows
    s.view[kSoftmax][label] -= 0.3f;   // is wrong more often than not
    scores.push_back(std::move(s));
    labels.push_back(label);
  }
  const FusionWeights fusion = FitFusion(scores, labels, 3, {true, true, true});
  EXPECT_GT(fusion.weight[kLexical], 1.0f);
  EXPECT_EQ(fusion.weight[kSoftmax], 0.0f);
}

}  // namespace
}  // namespace frontdesk::understand
