// Which sentences answer a question, and whether they do: the trained weights behind both.
//
// Two judgements: of each unit (unit_signals.h), for choosing; of what was chosen (answerable.h), for
// answering or refusing. Each with and without embeddings. Immutable once trained; thread-safe.
// docs/answering.md tells how the shipped weights came about and the figures.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "dialog/answer/answerable.h"
#include "dialog/answer/signal_judge.h"
#include "dialog/answer/unit_signals.h"

namespace frontdesk::dialog {

class AnswerModel {
 public:
  struct Judges {
    SignalJudge unit, answerable;
  };

  AnswerModel() = default;
  AnswerModel(Judges words_only, Judges with_embeddings)
      : judges_{std::move(words_only), std::move(with_embeddings)} {}

  // That the unit answers; that what was chosen answers. Millionths.
  int64_t Unit(const UnitSignals& signals, bool near_known) const {
    return judges_[near_known ? 1 : 0].unit.Probability(signals);
  }
  int64_t Answers(const AnswerSignals& signals, bool near_known) const {
    return judges_[near_known ? 1 : 0].answerable.Probability(signals);
  }

  std::string Save() const;
  // Errors: DATA_LOSS.
  static absl::StatusOr<AnswerModel> Load(std::string_view bytes);

  // The weights in the program.
  static const AnswerModel& Shipped();

 private:
  Judges judges_[2];  // without and with embeddings
};

}  // namespace frontdesk::dialog
