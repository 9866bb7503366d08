// The trained intent classifier: three views, their fusion, the out-of-scope head; beside them what
// tells pleasantries from wishes.
//
// Immutable after training or loading; thread-safe. Scores depend on the input alone.
//
//   IntentJudgement j = model.Judge("where is my order", features);
//   model.names[j.best()]; j.probability[j.best()]; j.out_of_scope;
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/understand/bytes.h"
#include "dialog/understand/intents/fusion.h"
#include "dialog/understand/intents/lexical_features.h"
#include "dialog/understand/intents/out_of_scope.h"
#include "dialog/understand/intents/pleasantry.h"
#include "dialog/understand/intents/softmax_regression.h"
#include "dialog/understand/intents/view_scores.h"

namespace frontdesk::understand {

// SVMs of all classes: sparse [feature, width] in int8 with one scale a feature, bias [width].
struct MarginWeights {
  std::vector<int8_t> sparse;
  std::vector<float> sparse_scale;  // [feature]
  std::vector<float> bias;
};

struct IntentJudgement {
  std::vector<double> probability;  // [classes], sums to 1
  double out_of_scope = 0;          // 0..1
  size_t best() const;
};

struct IntentModel {
  std::vector<std::string> names;  // sorted; class k is names[k]
  bool background = false;         // class names.size() is the out-of-scope background
  size_t depth = 0;                // of features (FeatureFn); 0: trained without
  LexicalFeatures lexical;
  SoftmaxWeights softmax;
  MarginWeights ngrams;
  std::vector<int8_t> stored;         // [rows, stored_depth]: the examples' embeddings, see kStoredGain
  std::vector<int32_t> stored_label;  // [rows]
  FusionWeights fusion, lexical_fusion;
  ScopeHead scope, lexical_scope;
  PleasantryHead pleasantry;  // without one where depth is 0

  int classes() const { return static_cast<int>(names.size()); }
  size_t width() const { return PaddedWidth(classes() + (background ? 1 : 0)); }

  // The embedding is the first half of the features.
  size_t stored_depth() const { return depth / 2; }

  // features: [depth], or null: lexical only.
  ViewScores Score(std::string_view text, const float* features) const;
  IntentJudgement Judge(std::string_view text, const float* features) const;

  void Write(ByteWriter* out) const;
  // False when the bytes are no model (sizes that do not fit together).
  bool Read(ByteReader* in);
};

// Embedding components are small (about 0.05 at 384): stored as round(x · 127 · kStoredGain), clipped.
inline constexpr float kStoredGain = 4.0f;
inline int8_t QuantiseComponent(float v) {
  return static_cast<int8_t>(
      std::lround(std::clamp(v * (127.0f * kStoredGain), -127.0f, 127.0f)));
}

// Rounds weights [class][feature] to MarginWeights::sparse.
void QuantiseSparse(const std::vector<std::vector<float>>& by_class, size_t features, size_t width,
                    MarginWeights* out);

}  // namespace frontdesk::understand
