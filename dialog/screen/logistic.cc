#include "dialog/screen/logistic.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "llm/math.h"

namespace frontdesk::screen {
namespace {

constexpr size_t kMemory = 8;

using Vector = std::vector<double>;

double Inner(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void AddScaled(double c, const Vector& x, Vector& y) {
  for (size_t i = 0; i < x.size(); ++i) y[i] += c * x[i];
}

// log(1 + exp(-margin)) without overflow.
double LogLoss(double margin) {
  return margin > 0 ? llm::Log(1.0 + llm::Exp(static_cast<float>(-margin)))
                    : -margin + llm::Log(1.0 + llm::Exp(static_cast<float>(margin)));
}

// The last element of w is the bias.
double Evaluate(std::span<const LogisticRow* const> rows, double cost, const Vector& w,
                Vector& gradient) {
  const size_t bias = w.size() - 1;
  double loss = 0;
  std::fill(gradient.begin(), gradient.end(), 0.0);
  for (const LogisticRow* row : rows) {
    double score = w[bias];
    for (const Feature& f : row->features) score += w[f.place] * f.value;
    const double margin = row->positive ? score : -score;
    loss += row->weight * LogLoss(margin);
    const double pull = cost * row->weight * (Sigmoid(score) - (row->positive ? 1.0 : 0.0));
    for (const Feature& f : row->features) gradient[f.place] += pull * f.value;
    gradient[bias] += pull;
  }
  double squares = 0;
  for (size_t i = 0; i < bias; ++i) {
    squares += w[i] * w[i];
    gradient[i] += w[i];
  }
  return 0.5 * squares + cost * loss;
}

struct Pair {
  Vector step, change;
  double rho = 0;
};

Vector Direction(const Vector& gradient, const std::deque<Pair>& pairs) {
  Vector d = gradient;
  std::vector<double> a(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    a[i] = pairs[i].rho * Inner(pairs[i].step, d);
    AddScaled(-a[i], pairs[i].change, d);
  }
  if (!pairs.empty()) {
    const double scale = 1.0 / (pairs.back().rho * Inner(pairs.back().change, pairs.back().change));
    for (double& v : d) v *= scale;
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double b = pairs[i].rho * Inner(pairs[i].change, d);
    AddScaled(a[i] - b, pairs[i].step, d);
  }
  for (double& v : d) v = -v;
  return d;
}

}  // namespace

double Sigmoid(double x) {
  return x >= 0 ? 1.0 / (1.0 + llm::Exp(static_cast<float>(-x)))
                : 1.0 - 1.0 / (1.0 + llm::Exp(static_cast<float>(x)));
}

double LogisticWeights::Score(const FeatureVector& features) const {
  double score = bias;
  for (const Feature& f : features) score += static_cast<double>(w[f.place]) * f.value;
  return score;
}

LogisticWeights TrainLogistic(std::span<const LogisticRow* const> rows, uint32_t width, float cost,
                              int iterations, double tolerance) {
  Vector w(width + 1, 0.0), gradient(w.size()), next, next_gradient(w.size());
  double value = Evaluate(rows, cost, w, gradient);
  const double first = std::sqrt(Inner(gradient, gradient));
  std::deque<Pair> pairs;
  for (int iteration = 0; iteration < iterations; ++iteration) {
    const double length = std::sqrt(Inner(gradient, gradient));
    if (length <= tolerance * first) break;
    const Vector direction = Direction(gradient, pairs);
    const double slope = Inner(direction, gradient);
    if (slope >= 0) break;
    double step = pairs.empty() ? 1.0 / length : 1.0;
    double next_value = value;
    bool found = false;
    for (int tries = 0; tries < 20; ++tries, step *= 0.5) {
      next = w;
      AddScaled(step, direction, next);
      next_value = Evaluate(rows, cost, next, next_gradient);
      if (next_value <= value + 1e-4 * step * slope) {
        found = true;
        break;
      }
    }
    if (!found) break;
    Pair pair{next, next_gradient, 0};
    AddScaled(-1.0, w, pair.step);
    AddScaled(-1.0, gradient, pair.change);
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
  LogisticWeights weights;
  weights.w.assign(w.begin(), w.end() - 1);
  weights.bias = static_cast<float>(w.back());
  return weights;
}

Calibration FitCalibration(std::span<const double> scores, const std::vector<bool>& positive) {
  double ones = 0;
  for (const bool p : positive) ones += p ? 1 : 0;
  const double zeros = static_cast<double>(positive.size()) - ones;
  const double high = (ones + 1) / (ones + 2), low = 1 / (zeros + 2);
  Calibration fit{1, 0};
  for (int round = 0; round < 60; ++round) {  // Newton's method on two unknowns
    double ga = 0, gb = 0, haa = 1e-9, hab = 0, hbb = 1e-9;
    for (size_t i = 0; i < scores.size(); ++i) {
      const double p = fit(scores[i]);
      const double d = p - (positive[i] ? high : low), h = std::max(p * (1 - p), 1e-12);
      ga += d * scores[i];
      gb += d;
      haa += h * scores[i] * scores[i];
      hab += h * scores[i];
      hbb += h;
    }
    const double determinant = haa * hbb - hab * hab;
    if (determinant <= 0) break;
    const double da = (hbb * ga - hab * gb) / determinant, db = (haa * gb - hab * ga) / determinant;
    const double most = std::max(std::fabs(da), std::fabs(db));
    const double damp = most > 2 ? 2 / most : 1;
    fit.a -= damp * da;
    fit.b -= damp * db;
    if (most < 1e-7) break;
  }
  return fit;
}

}  // namespace frontdesk::screen
