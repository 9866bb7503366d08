// Labelled claims: is an answer supported by its context? Read, embedded, scored out of
// fold; for `frontdesk eval grounding` and for training the shipped weights.
//
// Lines {"context","question","answer","hallucinated","source"}. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/answer/evidence.h"
#include "dialog/answer/support_model.h"
#include "dialog/screen/attack_model.h"
#include "nlohmann/json.hpp"

namespace frontdesk::dialog {

struct LabelledClaim {
  Evidence evidence;
  bool supported = false;
  std::string source;
  uint64_t context = 0;  // hash of it: claims of one context stay in one fold
  std::string answer;
};

// Nearness of a claim to a source, of which `vectors` are the sentences' embeddings.
// Errors: the EmbedFn's.
absl::StatusOr<Nearness> NearnessOf(std::string_view claim, std::string_view language,
                                    const std::vector<std::vector<float>>& vectors,
                                    const screen::EmbedFn& embed);

// Embeddings of a source's sentences. Errors: the EmbedFn's.
absl::StatusOr<std::vector<std::vector<float>>> EmbedSentences(const Source& source,
                                                               const screen::EmbedFn& embed);

// Errors: INVALID_ARGUMENT naming the line, the EmbedFn's. embed empty: words only.
absl::StatusOr<std::vector<LabelledClaim>> ReadClaims(std::string_view jsonl, const screen::EmbedFn& embed);

// Scores by models that have not seen the claim's context.
std::vector<double> CrossScore(const std::vector<LabelledClaim>& claims, int folds);

// Trained on everything, calibrated on out-of-fold scores.
SupportModel TrainSupport(const std::vector<LabelledClaim>& claims);

struct GroundingEvalOptions {
  std::string train, test;  // paths; train empty or the same file: out of fold
  bool shipped = false;     // judge with the weights of the program
  int folds = 5;
  screen::EmbedFn embed;
};

struct GroundingEvalReport {
  int n = 0, folds = 0;
  double auroc = 0;  // of "not supported"
  std::map<std::string, double> by_source;
  double f1 = 0, threshold = 0;  // of "not supported", threshold chosen on the training scores
  std::string predictions;

  nlohmann::json ToJson() const;
  std::string ToTable() const;
};

// Errors: NOT_FOUND (a file), as ReadClaims.
absl::StatusOr<GroundingEvalReport> RunGroundingEval(const GroundingEvalOptions& options);

}  // namespace frontdesk::dialog
