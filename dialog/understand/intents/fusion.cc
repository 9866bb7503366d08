#include "dialog/understand/intents/fusion.h"

#include <algorithm>
#include <cmath>

#include "dialog/understand/intents/newton.h"
#include "llm/math.h"

namespace frontdesk::understand {

namespace {

// Where the search starts: scores of a usual size for each view.
constexpr std::array<float, kViews> kStart = {0.5f, 2.0f, 2.0f};
constexpr double kRidge = 1e-3;  // keeps weights bounded when examples are separable

struct Moments {
  std::vector<double> gradient, hessian;
  double loss = 0;
};

Moments Measure(std::span<const ViewScores> held_out, std::span<const int> labels, int classes,
                const FusionWeights& fusion, const std::vector<int>& views) {
  const size_t n = views.size();
  Moments m{std::vector<double>(n, 0.0), std::vector<double>(n * n, 0.0)};
  std::vector<double> mean(n);
  for (size_t i = 0; i < held_out.size(); ++i) {
    const std::vector<double> p = Softmax(FusedLogits(held_out[i], fusion, classes));
    m.loss -= llm::Log(std::max(p[labels[i]], 1e-300));
    std::fill(mean.begin(), mean.end(), 0.0);
    for (size_t a = 0; a < n; ++a) {
      const std::vector<float>& s = held_out[i].view[views[a]];
      for (int k = 0; k < classes; ++k) mean[a] += p[k] * s[k];
      m.gradient[a] += mean[a] - s[labels[i]];
    }
    for (size_t a = 0; a < n; ++a) {
      const std::vector<float>& sa = held_out[i].view[views[a]];
      for (size_t b = 0; b <= a; ++b) {
        const std::vector<float>& sb = held_out[i].view[views[b]];
        double product = 0;
        for (int k = 0; k < classes; ++k) product += p[k] * sa[k] * sb[k];
        m.hessian[a * n + b] += product - mean[a] * mean[b];
      }
    }
  }
  for (size_t a = 0; a < n; ++a) {
    const double w = fusion.weight[views[a]];
    m.loss += 0.5 * kRidge * w * w * held_out.size();
    m.gradient[a] += kRidge * w * held_out.size();
    m.hessian[a * n + a] += kRidge * held_out.size();
    for (size_t b = 0; b < a; ++b) m.hessian[b * n + a] = m.hessian[a * n + b];
  }
  return m;
}

FusionWeights Minimise(std::span<const ViewScores> held_out, std::span<const int> labels,
                       int classes, const std::vector<int>& views) {
  FusionWeights fusion;
  for (int v : views) fusion.weight[v] = kStart[v];
  Moments now = Measure(held_out, labels, classes, fusion, views);
  for (int step = 0; step < 30; ++step) {
    const std::vector<double> move = SolveSymmetric(now.hessian, now.gradient);
    double scale = 1.0;
    bool better = false;
    for (int tries = 0; tries < 12 && !better; ++tries, scale *= 0.5) {
      FusionWeights next = fusion;
      for (size_t a = 0; a < views.size(); ++a) {
        next.weight[views[a]] -= static_cast<float>(scale * move[a]);
      }
      Moments there = Measure(held_out, labels, classes, next, views);
      if (there.loss < now.loss - 1e-7 * held_out.size()) {
        better = true;
        fusion = next;
        now = std::move(there);
      }
    }
    if (!better) break;
  }
  return fusion;
}

}  // namespace

std::vector<double> FusedLogits(const ViewScores& scores, const FusionWeights& fusion,
                                int classes) {
  std::vector<double> logits(classes, 0.0);
  for (int v = 0; v < kViews; ++v) {
    if (fusion.weight[v] == 0.0f || scores.view[v].empty()) continue;
    const double w = fusion.weight[v];
    for (int k = 0; k < classes; ++k) logits[k] += w * scores.view[v][k];
  }
  return logits;
}

std::vector<double> Softmax(std::span<const double> logits) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  std::vector<double> p(logits.size());
  double sum = 0;
  for (size_t k = 0; k < p.size(); ++k) sum += p[k] = llm::Exp(logits[k] - highest);
  for (double& v : p) v /= sum;
  return p;
}

FusionWeights FitFusion(std::span<const ViewScores> held_out, std::span<const int> labels,
                        int classes, const std::array<bool, kViews>& use) {
  std::vector<int> views;
  for (int v = 0; v < kViews; ++v) {
    if (use[v]) views.push_back(v);
  }
  FusionWeights fusion;
  if (held_out.empty()) {
    for (int v : views) fusion.weight[v] = kStart[v];
    return fusion;
  }
  // A negative weight means that the view only undoes another: leave it out and fit again.
  while (!views.empty()) {
    fusion = Minimise(held_out, labels, classes, views);
    const auto lowest = std::min_element(views.begin(), views.end(), [&](int a, int b) {
      return fusion.weight[a] < fusion.weight[b];
    });
    if (fusion.weight[*lowest] >= 0 || views.size() == 1) break;
    views.erase(lowest);
  }
  return fusion;
}

}  // namespace frontdesk::understand
