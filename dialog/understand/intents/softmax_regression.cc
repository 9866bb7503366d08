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

struct Pair {
  std::vector<float> step, change;
  double rho;
};

// -H·gradient by the two-loop recursion.
std::vector<float> Direction(const std::vector<float>& gradient, const std::deque<Pair>& pairs) {
  std::vector<float> d = gradient;
  std::vector<double> a(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    a[i] = pairs[i].rho * Inner(pairs[i].step, d);
    AddScaled(static_cast<float>(-a[i]), pairs[i].change.data(), d.data(), d.size());
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    const float scale = static_cast<float>(1.0 / (last.rho * Inner(last.change, last.change)));
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
  std::deque<Pair> pairs;
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    const double length = std::sqrt(Inner(gradient, gradient));
    if (length <= options.tolerance * first) break;
    const std::vector<float> direction = Direction(gradient, pairs);
    const double slope = Inner(direction, gradient);
    if (slope >= 0) break;
    double step = pairs.empty() ? 1.0 / length : 1.0;
    double next_value = value;
    bool found = false;
    for (int tries = 0; tries < 20 && !found; ++tries, step *= found ? 1.0 : 0.5) {
      next = w;
      AddScaled(static_cast<float>(step), direction.data(), next.data(), next.size());
      next_value = objective.Evaluate(next, &next_gradient);
      found = next_value <= value + 1e-4 * step * slope;
    }
    if (!found) break;
    Pair pair{next, next_gradient, 0};
    AddScaled(-1.0f, w.data(), pair.step.data(), w.size());
    AddScaled(-1.0f, gradient.data(), pair.change.data(), w.size());
    const double curvature = Inner(pair.step, pair.change);
    if (curvature > 1e-10) {
      pair.rho = 1.0 / curvature;
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
