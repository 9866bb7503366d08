// Trains an IntentModel and measures it on examples it has not seen.
//
// Deterministic: the result depends on the examples and features alone, not on threads.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/understand/intents/intent_model.h"
#include "dialog/understand/training_report.h"
#include "dialog/understand/training_set.h"

namespace frontdesk::understand {

// Examples ready to learn from. Label names.size() is out of scope.
struct LabelledTexts {
  std::vector<std::string> names;  // sorted
  std::vector<std::string> texts;
  std::vector<int> label;
  std::vector<float> features;  // [text, depth], see FeatureFn; empty: lexical only
  size_t depth = 0;
  std::vector<float> pleasantries, plain_wishes;  // [row, depth], of those of words/pleasantries.h
  size_t evaluated = 0;  // texts from here on (the intents' names) only train, they test nothing
};

struct TrainedIntents {
  IntentModel model;
  TrainingReport report;
};

// texts: every class at least twice among the evaluated. options.folds is used up to 3,000 texts;
// above, 3 folds do. Cost: docs/understanding.md.
TrainedIntents TrainIntents(const LabelledTexts& texts, const TrainOptions& options);

}  // namespace frontdesk::understand
