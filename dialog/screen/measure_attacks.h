// How well the screen tells attacks from messages that only look like some:
// `frontdesk eval injection`.
//
// The headline figures leave out harmful_request lines (a wish for something illegal that
// does not touch the assistant) and indirect_payload lines (sentences planted in
// documents, judged by their own model); both are reported apart. When test and train are
// the same file, scores are out of fold. Thread-safe.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "dialog/screen/attack_model.h"
#include "nlohmann/json.hpp"

namespace frontdesk::screen {

struct AttackEvalOptions {
  std::string train;    // path; ignored with `shipped`
  std::string test;     // path
  bool shipped = false;  // judge with the weights of the program
  bool leave_one_source_out = false;
  int folds = 5;
  EmbedFn embed;  // empty: words only
};

struct AttackEvalReport {
  int n = 0, folds = 0;  // folds 0: trained on another file
  double auroc = 0, tpr_at_1pct_fpr = 0;
  double threshold = 0;  // of the score, at 1 % of the benign part
  double us_per_message = 0;  // without the embedding
  std::map<std::string, double> false_positives;  // by benign source, at the threshold
  double customer_false_positives = 0;            // over the benign_customer lines
  std::map<std::string, double> found;            // by attack category, at the threshold
  double planted_auroc = 0;   // indirect_payload against customers' messages, by its own model
  double planted_found = 0;   // at 1 % of those
  std::map<std::string, double> left_out;  // by source with attacks: found when not trained on
  double worst_left_out = 0;
  std::string predictions;

  nlohmann::json ToJson() const;
  std::string ToTable() const;
};

// Errors: NOT_FOUND (a file), INVALID_ARGUMENT naming file and line, the EmbedFn's.
absl::StatusOr<AttackEvalReport> RunAttackEval(const AttackEvalOptions& options);

}  // namespace frontdesk::screen
