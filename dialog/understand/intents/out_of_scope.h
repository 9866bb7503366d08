// Tells messages that belong to no intent from those that do.
//
// A logistic head over eleven signals of the fused classifier: energy, margin, the support
// vector machines' best margin, cosine to the nearest example, the background class trained from
// the bundle's out-of-scope examples, share of known words. It is trained on cross-validated
// scores against the bundle's own out-of-scope examples and, where there are few of them, against
// examples whose true intent was hidden from the scores. Pure functions, values.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "dialog/understand/intents/fusion.h"
#include "dialog/understand/intents/view_scores.h"

namespace frontdesk::understand {

inline constexpr int kScopeSignals = 11;
using ScopeSignals = std::array<double, kScopeSignals>;

// hidden: an intent to leave out as if it did not exist; -1: none. classes >= 2.
ScopeSignals MeasureScope(const ViewScores& scores, const FusionWeights& fusion, int classes,
                          int hidden = -1);

struct ScopeHead {
  ScopeSignals mean = {}, inverse_deviation = {}, weight = {};
  double bias = 0;
};

// Probability 0..1 that the message is out of scope, at even odds of both.
double OutOfScope(const ScopeSignals& signals, const ScopeHead& head);

struct ScopeExample {
  ScopeSignals signals;
  bool out_of_scope;
  double weight;
};
ScopeHead FitScope(std::span<const ScopeExample> examples);

}  // namespace frontdesk::understand
