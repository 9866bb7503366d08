#include "dialog/understand/intents/out_of_scope.h"

#include <algorithm>
#include <cmath>

#include "dialog/understand/intents/newton.h"
#include "llm/math.h"

namespace frontdesk::understand {

namespace {

struct BestTwo {
  double best = 0, second = 0;
  int at = 0;
};

BestTwo FindBest(std::span<const float> scores, int classes, int hidden) {
  BestTwo found{-1e30, -1e30, 0};
  for (int k = 0; k < classes; ++k) {
    if (k == hidden) continue;
    if (scores[k] > found.best) {
      found.second = found.best;
      found.best = scores[k];
      found.at = k;
    } else if (scores[k] > found.second) {
      found.second = scores[k];
    }
  }
  return found;
}

// log Σ exp of the visible logits.
double Energy(const std::vector<double>& logits, int hidden) {
  double highest = -1e30, sum = 0;
  for (size_t k = 0; k < logits.size(); ++k) {
    if (static_cast<int>(k) != hidden) highest = std::max(highest, logits[k]);
  }
  for (size_t k = 0; k < logits.size(); ++k) {
    if (static_cast<int>(k) != hidden) sum += llm::Exp(logits[k] - highest);
  }
  return highest + llm::Log(sum);
}

double LogSum(std::span<const float> scores, int classes, int hidden) {
  std::vector<double> logits(scores.begin(), scores.begin() + classes);
  return Energy(logits, hidden);
}

}  // namespace

ScopeSignals MeasureScope(const ViewScores& scores, const FusionWeights& fusion, int classes,
                          int hidden) {
  ScopeSignals s = {};
  std::vector<double> logits = FusedLogits(scores, fusion, classes);
  const double energy = Energy(logits, hidden);
  int best = hidden == 0 ? 1 : 0;
  for (int k = 0; k < classes; ++k) {
    if (k != hidden && logits[k] > logits[best]) best = k;
  }
  double second = -1e30;
  for (int k = 0; k < classes; ++k) {
    if (k != hidden && k != best) second = std::max(second, logits[k]);
  }
  s[0] = logits[best] - energy;                             // log p of the best intent
  s[1] = second > -1e29 ? std::min(logits[best] - second, 10.0) : 10.0;
  s[2] = scores.known_share;
  const auto background = [&](int v) {
    return static_cast<int>(scores.view[v].size()) > classes ? scores.view[v][classes] : 0.0f;
  };
  if (!scores.view[kSoftmax].empty()) {
    s[3] = LogSum(scores.view[kSoftmax], classes, hidden);
    if (background(kSoftmax) != 0.0f) s[4] = background(kSoftmax) - s[3];
  }
  if (!scores.view[kLexical].empty()) {
    s[5] = FindBest(scores.view[kLexical], classes, hidden).best;
    s[6] = background(kLexical);
  }
  if (!scores.view[kNearest].empty()) {
    const BestTwo near = FindBest(scores.view[kNearest], classes, hidden);
    s[7] = near.best;
    s[8] = scores.view[kNearest][best];
    s[9] = background(kNearest);
    s[10] = near.best - near.second;
  }
  return s;
}

double OutOfScope(const ScopeSignals& signals, const ScopeHead& head) {
  double z = head.bias;
  for (int i = 0; i < kScopeSignals; ++i) {
    z += head.weight[i] * (signals[i] - head.mean[i]) * head.inverse_deviation[i];
  }
  return 1.0 / (1.0 + llm::Exp(-z));
}

ScopeHead FitScope(std::span<const ScopeExample> examples) {
  ScopeHead head;
  double total = 0;
  for (const ScopeExample& e : examples) {
    total += e.weight;
    for (int i = 0; i < kScopeSignals; ++i) head.mean[i] += e.weight * e.signals[i];
  }
  if (total <= 0) return head;
  for (double& m : head.mean) m /= total;
  for (int i = 0; i < kScopeSignals; ++i) {
    double variance = 0;
    for (const ScopeExample& e : examples) {
      variance += e.weight * (e.signals[i] - head.mean[i]) * (e.signals[i] - head.mean[i]);
    }
    variance /= total;
    head.inverse_deviation[i] = variance > 1e-12 ? 1.0 / std::sqrt(variance) : 0.0;
  }
  constexpr int n = kScopeSignals + 1;
  constexpr double kRidge = 3e-3;
  for (int step = 0; step < 25; ++step) {
    std::vector<double> hessian(n * n, 0.0), gradient(n, 0.0);
    for (const ScopeExample& e : examples) {
      double x[n];
      for (int i = 0; i < kScopeSignals; ++i) {
        x[i] = (e.signals[i] - head.mean[i]) * head.inverse_deviation[i];
      }
      x[kScopeSignals] = 1.0;
      const double p = OutOfScope(e.signals, head);
      const double residual = e.weight * (p - (e.out_of_scope ? 1.0 : 0.0));
      const double curvature = e.weight * std::max(p * (1 - p), 1e-6);
      for (int a = 0; a < n; ++a) {
        gradient[a] += residual * x[a];
        for (int b = 0; b < n; ++b) hessian[a * n + b] += curvature * x[a] * x[b];
      }
    }
    for (int i = 0; i < kScopeSignals; ++i) {
      gradient[i] += kRidge * total * head.weight[i];
      hessian[i * n + i] += kRidge * total;
    }
    hessian[n * n - 1] += 1e-9 * total;
    const std::vector<double> move = SolveSymmetric(hessian, gradient);
    double largest = 0;
    for (int i = 0; i < kScopeSignals; ++i) {
      head.weight[i] -= move[i];
      largest = std::max(largest, std::fabs(move[i]));
    }
    head.bias -= move[kScopeSignals];
    if (largest < 1e-7) break;
  }
  return head;
}

}  // namespace frontdesk::understand
