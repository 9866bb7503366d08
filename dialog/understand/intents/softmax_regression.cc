#include "dialog/understand/intents/softmax_regression.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "dialog/understand/intents/dense.h"
#include "llm/math.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kBlock = 64;  // rows scored at a time
constexpr size_t kMemory = 8;  // L-BFGS pairs kept
// p(1 - p) of a class over all rows, as a share of 1 / classes: well-fitted rows hardly count.
constexpr float kSureness = 0.25f;

class Objective {
 public:
  Objective(const Examples& examples, std::span<const uint32_t> rows, float cost)
      : cost_(cost), classes_(examples.classes), depth_(examples.dense_depth),
        width_(PaddedWidth(examples.classes)) {
    x_.reserve(rows.size() * depth_);
    for (uint32_t row : rows) {
      x_.insert(x_.end(), examples.dense_row(row), examples.dense_row(row) + depth_);
      label_.push_back(examples.label[row]);
    }
    scores_.resize(kBlock * width_);
  }

  size_t size() const { return (depth_ + 1) * width_; }
  const std::vector<float>& x() const { return x_; }

  // Value at w; fills gradient.
  double Evaluate(const std::vector<float>& w, std::vector<float>* gradient) {
    std::fill(gradient->begin(), gradient->end(), 0.0f);
    double loss = 0;
    for (size_t begin = 0; begin < label_.size(); begin += kBlock) {
      const size_t count = std::min(kBlock, label_.size() - begin);
      const float* x = x_.data() + begin * depth_;
      MultiplyRows(x, count, depth_, w.data(), width_, scores_.data());
      for (size_t r = 0; r < count; ++r) loss += ToResidual(w, label_[begin + r], r, gradient);
      AddOuter(x, count, depth_, scores_.data(), width_, gradient->data());
    }
    double squares = 0;
    for (size_t i = 0; i < depth_ * width_; ++i) {
      (*gradient)[i] = cost_ * (*gradient)[i] + w[i];
      squares += static_cast<double>(w[i]) * w[i];
    }
    for (size_t i = depth_ * width_; i < size(); ++i) (*gradient)[i] *= cost_;
    return 0.5 * squares + cost_ * loss;
  }

 private:
  // Turns row r of scores_ into probabilities minus the truth; returns its loss.
  double ToResidual(const std::vector<float>& w, int label, size_t r,
                    std::vector<float>* gradient) {
    float* s = scores_.data() + r * width_;
    const float* bias = w.data() + depth_ * width_;
    float* bias_gradient = gradient->data() + depth_ * width_;
    float highest = s[0] + bias[0];
    for (int k = 0; k < classes_; ++k) {
      s[k] += bias[k];
      highest = std::max(highest, s[k]);
    }
    const double truth = s[label] - highest;
    double sum = 0;
    for (int k = 0; k < classes_; ++k) {
      s[k] = llm::Exp(s[k] - highest);
      sum += s[k];
    }
    const float inverse = static_cast<float>(1.0 / sum);
    for (int k = 0; k < classes_; ++k) s[k] *= inverse;
    s[label] -= 1.0f;
    for (int k = 0; k < classes_; ++k) bias_gradient[k] += s[k];
    for (size_t k = classes_; k < width_; ++k) s[k] = 0.0f;
    return llm::Log(sum) - truth;
  }

  float cost_;
  int classes_;
  size_t depth_, width_;
  std::vector<float> x_;
  std::vector<int> label_;
  std::vector<float> scores_;
};

double Inner(const std::vector<float>& a, const std::vector<float>& b) {
  return Dot(a.data(), b.data(), a.size());
}

// How strongly the objective bends, the same for every class: I + weight · XᵀX with the bias as
// one more feature of 1 (Böhning, "Multinomial logistic regression algorithm", 1992, bounds the
// Hessian in this way). Embeddings lie close to a few directions; steps that know them reach the
// tolerance in half of the evaluations. Up to kSampled rows, evenly spread, speak for all.
class Curvature {
 public:
  Curvature(const std::vector<float>& x, size_t depth, size_t width, float weight)
      : size_(depth + 1), width_(width) {
    const size_t rows = x.size() / depth, stride = (rows + kSampled - 1) / kSampled;
    const size_t padded = (size_ + 15) / 16 * 16;
    std::vector<float> sampled, sums(size_ * padded, 0.0f);
    size_t taken = 0;
    for (size_t r = 0; r < rows; r += stride, ++taken) {
      sampled.insert(sampled.end(), x.begin() + r * depth, x.begin() + (r + 1) * depth);
      sampled.push_back(1.0f);
      sampled.resize(taken * padded + padded, 0.0f);
    }
    // [size, padded] = sampledᵀ · sampled, in blocks that stay in the cache
    std::vector<float> left(kBlock * size_);
    for (size_t begin = 0; begin < taken; begin += kBlock) {
      const size_t count = std::min(kBlock, taken - begin);
      for (size_t r = 0; r < count; ++r) {
        std::copy_n(sampled.begin() + (begin + r) * padded, size_, left.begin() + r * size_);
      }
      AddOuter(left.data(), count, size_, sampled.data() + begin * padded, padded, sums.data());
    }
    const double scale = static_cast<double>(weight) * static_cast<double>(rows) /
                         static_cast<double>(std::max<size_t>(taken, 1));
    Factorise(sums, padded, scale);
  }

  // v [size, width] = curvature⁻¹ · v
  void Solve(std::vector<float>* v) const {
    for (size_t i = 0; i < size_; ++i) {
      float* row = v->data() + i * width_;
      for (size_t j = 0; j < i; ++j) {
        AddScaled(-lower_[i * size_ + j], v->data() + j * width_, row, width_);
      }
      for (size_t k = 0; k < width_; ++k) row[k] *= inverse_[i];
    }
    for (size_t i = size_; i-- > 0;) {
      float* row = v->data() + i * width_;
      for (size_t k = 0; k < width_; ++k) row[k] *= inverse_[i];
      for (size_t j = 0; j < i; ++j) {
        AddScaled(-lower_[i * size_ + j], row, v->data() + j * width_, width_);
      }
    }
  }

 private:
  static constexpr size_t kSampled = 2048;

  // Cholesky of I + scale · sums, by rows.
  void Factorise(const std::vector<float>& sums, size_t padded, double scale) {
    lower_.assign(size_ * size_, 0.0f);
    inverse_.assign(size_, 0.0f);
    for (size_t i = 0; i < size_; ++i) {
      for (size_t j = 0; j <= i; ++j) {
        const double entry = scale * sums[i * padded + j] + (i == j ? 1.0 : 0.0) -
                             Dot(lower_.data() + i * size_, lower_.data() + j * size_, j);
        if (i == j) {
          inverse_[i] = static_cast<float>(1.0 / std::sqrt(std::max(entry, 1e-3)));
        } else {
          lower_[i * size_ + j] = static_cast<float>(entry) * inverse_[j];
        }
      }
    }
  }

  size_t size_, width_;
  std::vector<float> lower_;    // [size, size], below the diagonal
  std::vector<float> inverse_;  // of the diagonal
};

struct Pair {
  std::vector<float> step, change;
  double rho;
  double scale;  // of the starting curvature: what makes it agree with the last change
};

// -H·gradient by the two-loop recursion, begun from the inverse of `curvature`.
std::vector<float> Direction(const std::vector<float>& gradient, const std::deque<Pair>& pairs,
                             const Curvature& curvature) {
  std::vector<float> d = gradient;
  std::vector<double> a(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    a[i] = pairs[i].rho * Inner(pairs[i].step, d);
    AddScaled(static_cast<float>(-a[i]), pairs[i].change.data(), d.data(), d.size());
  }
  curvature.Solve(&d);
  if (!pairs.empty()) {
    const auto scale = static_cast<float>(pairs.back().scale);
    for (float& v : d) v *= scale;
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double b = pairs[i].rho * Inner(pairs[i].change, d);
    AddScaled(static_cast<float>(a[i] - b), pairs[i].step.data(), d.data(), d.size());
  }
  for (float& v : d) v = -v;
  return d;
}

}  // namespace

SoftmaxWeights TrainSoftmax(const Examples& examples, std::span<const uint32_t> rows,
                            const SoftmaxOptions& options) {
  Objective objective(examples, rows, options.cost);
  std::vector<float> w(objective.size(), 0.0f), gradient(w.size()), next(w.size()),
      next_gradient(w.size());
  double value = objective.Evaluate(w, &gradient);
  const double first = std::sqrt(Inner(gradient, gradient));
  const Curvature curvature(objective.x(), examples.dense_depth, PaddedWidth(examples.classes),
                            kSureness * options.cost / static_cast<float>(examples.classes));
  std::deque<Pair> pairs;
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    const double length = std::sqrt(Inner(gradient, gradient));
    if (length <= options.tolerance * first) break;
    const std::vector<float> direction = Direction(gradient, pairs, curvature);
    const double slope = Inner(direction, gradient);
    if (slope >= 0) break;
    double step = 1.0;
    double next_value = value;
    bool found = false;
    for (int tries = 0; tries < 20 && !found; ++tries, step *= found ? 1.0 : 0.5) {
      next = w;
      AddScaled(static_cast<float>(step), direction.data(), next.data(), next.size());
      next_value = objective.Evaluate(next, &next_gradient);
      found = next_value <= value + 1e-4 * step * slope;
    }
    if (!found) break;
    Pair pair{next, next_gradient, 0, 0};
    AddScaled(-1.0f, w.data(), pair.step.data(), w.size());
    AddScaled(-1.0f, gradient.data(), pair.change.data(), w.size());
    const double bent = Inner(pair.step, pair.change);
    if (bent > 1e-10) {
      pair.rho = 1.0 / bent;
      std::vector<float> solved = pair.change;
      curvature.Solve(&solved);
      pair.scale = bent / Inner(pair.change, solved);
      pairs.push_back(std::move(pair));
      if (pairs.size() > kMemory) pairs.pop_front();
    }
    w.swap(next);
    gradient.swap(next_gradient);
    value = next_value;
  }
  return {examples.dense_depth, PaddedWidth(examples.classes), std::move(w)};
}

}  // namespace frontdesk::understand
