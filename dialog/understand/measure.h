// Measures understanding on labelled files: `frontdesk eval intents|slots`.
//
// The JSON keys are those of the evaluation format (docs/understanding.md); predictions hold one
// JSON line per item, in input order. Each call reads its files, trains and judges on its own;
// thread-safe.
//
//   auto report = RunIntentEval({.train = "train.jsonl", .test = "test.jsonl", .features = features});
//   report->accuracy;
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/understand/training_report.h"
#include "dialog/understand/training_set.h"
#include "nlohmann/json.hpp"

namespace frontdesk::understand {

// Files of lines {"text", "intent"}; the intent "oos" is out of scope.
struct IntentEvalOptions {
  std::string train, test;
  std::string val;  // empty: the threshold comes from cross-validation
  FeatureFn features;  // empty: lexical only
  int threads = 2;
};

struct IntentEvalReport {
  int n = 0;                     // test items
  double accuracy = 0;           // in scope, best intent whatever the threshold
  double oos_auroc = 0;          // 0 when the test holds nothing out of scope
  double oos_recall = 0;         // at the threshold
  double in_scope_accuracy = 0;  // at the threshold: right intent and not taken for out of scope
  double threshold = 0;          // of out_of_scope_p, 0..1
  double train_seconds = 0;      // without embedding
  double embed_seconds = 0;      // of the training examples
  double ms_per_utterance = 0;   // understanding one message, with its features
  TrainingReport training;
  std::string predictions;

  nlohmann::json ToJson() const;
  std::string ToTable() const;
};

// Errors: NOT_FOUND (a file), INVALID_ARGUMENT naming file and line, what training returns.
absl::StatusOr<IntentEvalReport> RunIntentEval(const IntentEvalOptions& options);

// First line: reference date, locale and (optional) products, choices and order_pattern; then
// utterances with gold slots and the dialog state before them.
struct SlotEvalOptions {
  std::string test;
};

struct SlotEvalReport {
  int n = 0;
  // exact: share of utterances with all slots right. A slot is right when its value is.
  double exact = 0, precision = 0, recall = 0, f1 = 0;
  std::string predictions;
  std::string mistakes;  // one line for people per utterance that is not exact

  nlohmann::json ToJson() const;
  std::string ToTable() const;
};

// Errors: as RunIntentEval.
absl::StatusOr<SlotEvalReport> RunSlotEval(const SlotEvalOptions& options);

// Bytes of a file. Errors: NOT_FOUND.
absl::StatusOr<std::string> ReadLabelledFile(const std::string& path);

}  // namespace frontdesk::understand
