// Logistic regression over sparse rows, by L-BFGS.
//
// Minimises |w|²/2 + cost · Σ weight · log loss; the bias is not penalised. Deterministic:
// one thread, fixed order, our own exponential. Source: Nocedal & Wright, "Numerical
// Optimization", 7.2.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dialog/screen/screen_features.h"

namespace frontdesk::screen {

struct LogisticRow {
  FeatureVector features;
  bool positive = false;
  float weight = 1;
};

struct LogisticWeights {
  std::vector<float> w;  // one a place
  float bias = 0;

  double Score(const FeatureVector& features) const;
};

// width: number of places; every feature's place is below it. rows borrowed. Ends after so many
// iterations, or when the gradient is shorter than tolerance times the first.
LogisticWeights TrainLogistic(std::span<const LogisticRow* const> rows, uint32_t width, float cost,
                              int iterations = 150, double tolerance = 1e-3);

// 1 / (1 + exp(-x)).
double Sigmoid(double x);

// Platt's a, b: probability = Sigmoid(a · score + b), fitted to scores that the model was not
// trained on. Source: Platt 1999, with his smoothed targets.
struct Calibration {
  double a = 1, b = 0;
  double operator()(double score) const { return Sigmoid(a * score + b); }
};
Calibration FitCalibration(std::span<const double> scores, const std::vector<bool>& positive);

}  // namespace frontdesk::screen
