#include "dialog/understand/intents/newton.h"

#include <cmath>

namespace frontdesk::understand {

std::vector<double> SolveSymmetric(std::vector<double> h, std::vector<double> g) {
  const size_t n = g.size();
  for (size_t j = 0; j < n; ++j) {
    double pivot = h[j * n + j];
    for (size_t k = 0; k < j; ++k) pivot -= h[j * n + k] * h[j * n + k];
    pivot = std::sqrt(pivot > 1e-9 ? pivot : 1e-9);
    h[j * n + j] = pivot;
    for (size_t i = j + 1; i < n; ++i) {
      double v = h[i * n + j];
      for (size_t k = 0; k < j; ++k) v -= h[i * n + k] * h[j * n + k];
      h[i * n + j] = v / pivot;
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) g[i] -= h[i * n + k] * g[k];
    g[i] /= h[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) g[i] -= h[k * n + i] * g[k];
    g[i] /= h[i * n + i];
  }
  return g;
}

}  // namespace frontdesk::understand
