// Trains the answer model from questions on documents (asked_question.h).
//
// A unit is right when its document is and it shows a fact. The judge of answers learns from
// what units chosen out of fold look like, so that it sees choices as uncertain as they are.
// Deterministic.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/answer/answer_model.h"
#include "dialog/answer/asked_question.h"

namespace frontdesk::dialog {

// Documents to be asked, with questions on them.
struct AskedCollection {
  std::vector<AskedQuestion> questions;
  std::function<absl::StatusOr<std::vector<FoundPassage>>(std::string_view query)> search;
};

struct AnswerTraining {
  AnswerModel model;
  std::string report;  // out of five folds by question: for people
  std::string misses;  // questions whose answer was found and not chosen, with what was
};

// most: sentences an answer may show. Errors: the search's, INVALID_ARGUMENT (nothing to learn from).
absl::StatusOr<AnswerTraining> TrainAnswers(std::span<const AskedCollection> collections, int64_t most,
                                            const screen::EmbedFn& embed);

}  // namespace frontdesk::dialog
