// From three views to calibrated probabilities: p ∝ exp(Σ weight[v] · score[v]).
//
// The weights (which contain the temperature) minimise the cross entropy of cross-validated
// scores: a view that does not help gets weight 0. Pure functions.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "dialog/understand/intents/view_scores.h"

namespace frontdesk::understand {

struct FusionWeights {
  std::array<float, kViews> weight = {};
};

// Σ weight[v]·score[v] for each intent [classes].
std::vector<double> FusedLogits(const ViewScores& scores, const FusionWeights& fusion, int classes);

// exp(logit) normalised.
std::vector<double> Softmax(std::span<const double> logits);

// held_out: scores of examples by models that had not seen them, labelled 0..classes-1.
// use: which views may take part. Convex; Newton, at most 30 steps.
FusionWeights FitFusion(std::span<const ViewScores> held_out, std::span<const int> labels,
                        int classes, const std::array<bool, kViews>& use);

}  // namespace frontdesk::understand
