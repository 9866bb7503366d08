// How well the assistant answers from its documents: `frontdesk eval answers`.
//
// Each question goes through answering as in a turn (retrieve, choose, judge, quote or decode,
// verify), without understanding before it; with the model of the sources, else as quotes. The file's form: asked_question.h.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "dialog/replay/replay_effects.h"
#include "dialog/run_turn.h"
#include "nlohmann/json.hpp"

namespace frontdesk::dialog {

struct AnswerEvalReport {
  struct Count {
    int right = 0, all = 0;
    double share() const { return all == 0 ? 0 : static_cast<double>(right) / all; }
  };
  Count answered;          // answerable of all kinds: every fact shown, a right document cited
  Count correct_citation;  // of the answerable that got an answer: a right document is cited
  Count refused_right;     // of the unanswerable
  int unsupported_shown = 0;              // sentences that the passage they cite does not hold
  std::map<std::string, Count> by_kind;   // right: answered, or refused where that is right
  int refused_wrong = 0;                  // answerable ones refused
  // Where an answerable question was lost, by kind: "" right, "retrieval" (no passage found holds
  // the facts), "sentences" (others were chosen), "judge" (chosen well, refused), "citation" (the facts
  // came from another document).
  std::map<std::string, std::map<std::string, int>> lost;
  int passages_found = 0, passages_withheld = 0;  // by the screen for planted instructions
  int sentences_shown = 0;                // in answers to answerable questions
  std::string predictions;

  nlohmann::json ToJson() const;
  std::string ToTable() const;
};

// parts and sources: of the bundle and its documents; borrowed.
// Errors: INVALID_ARGUMENT naming the line.
absl::StatusOr<AnswerEvalReport> RunAnswerEval(std::string_view questions, const TurnParts& parts,
                                               const ReplaySources& sources);

}  // namespace frontdesk::dialog
