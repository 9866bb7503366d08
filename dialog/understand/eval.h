// Measures understanding on labelled files, for `frontdesk eval intents|slots`.
//
// Pure: texts and embeddings come in, a report with the JSON keys of the evaluation format goes
// out, one prediction per item in input order. Formats: docs/understanding.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/understand/training_report.h"
#include "dialog/understand/training_set.h"
#include "nlohmann/json.hpp"

namespace frontdesk::understand {

// One line {"text", "intent"}; the intent "oos" is out of scope.
struct LabelledUtterance {
  std::string text, intent;
};

// Lines of a .jsonl file. Errors: INVALID_ARGUMENT naming file (the given name) and line.
absl::StatusOr<std::vector<LabelledUtterance>> ParseIntentLines(std::string_view jsonl,
                                                                std::string_view file);

struct IntentEvalOptions {
  std::vector<LabelledUtterance> train, test;
  std::vector<LabelledUtterance> val;  // may be empty: the threshold comes from cross-validation
  EmbedFn embed;                       // empty: lexical only
  TrainOptions training;
};

struct IntentEvalReport {
  int n = 0;                     // test items
  double accuracy = 0;           // in scope, best intent whatever the threshold
  double oos_auroc = 0;          // 0 when the test holds nothing out of scope
  double oos_recall = 0;         // at the threshold
  double in_scope_accuracy = 0;  // at the threshold: right intent and not taken for out of scope
  double threshold = 0;          // of out_of_scope_p, 0..1
  double train_seconds = 0;      // without embedding
  double embed_seconds = 0;      // training examples
  double ms_per_utterance = 0;   // understanding one message, with its embedding
  TrainingReport training;
  std::vector<nlohmann::json> predictions;

  nlohmann::json ToJson() const;
  std::string ToText() const;
};

// Errors: what training returns; INVALID_ARGUMENT (empty files).
absl::StatusOr<IntentEvalReport> RunIntentEval(const IntentEvalOptions& options);

struct SlotEvalReport {
  int n = 0;
  double exact = 0, precision = 0, recall = 0, f1 = 0;
  std::vector<nlohmann::json> predictions;

  nlohmann::json ToJson() const;
  std::string ToText() const;
};

// jsonl: first line the reference date, locale and (optional) products, choices and order_pattern;
// then utterances with gold slots. A slot is right when its value is.
// Errors: INVALID_ARGUMENT naming file and line.
absl::StatusOr<SlotEvalReport> RunSlotEval(std::string_view jsonl, std::string_view file);

}  // namespace frontdesk::understand
