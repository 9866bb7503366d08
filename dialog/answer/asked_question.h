// Questions on documents with what a right answer shows: for measuring and for training.
//
//   {"question": "…", "kind": "answerable", "documents": ["shipping/costs.md"], "facts": [["5.95"]]}
//
// kind: answerable, two_documents, false_premise (the true fact must be shown), or unanswerable.
// documents: where a right answer may come from; facts: each a list of spellings, of which one must
// stand in what is shown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace frontdesk::dialog {

struct AskedQuestion {
  std::string question, kind;
  std::vector<std::string> documents;
  std::vector<std::vector<std::string>> facts;

  bool answerable() const { return kind != "unanswerable"; }
  bool IsSource(std::string_view document) const;
};

// Whether a text holds one of the spellings, after folding.
bool HoldsFact(std::string_view folded, const std::vector<std::string>& spellings);

// Errors: INVALID_ARGUMENT naming the line; nothing in it.
absl::StatusOr<std::vector<AskedQuestion>> ReadAskedQuestions(std::string_view jsonl);

}  // namespace frontdesk::dialog
