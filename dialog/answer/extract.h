// Extractive answers: the sentences of the documents that answer a question best,
// shown as they stand. Deterministic: integer probabilities, ties to the earlier sentence.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dialog/answer/answer_model.h"
#include "dialog/effects.h"
#include "text/span.h"

namespace frontdesk::dialog {

inline constexpr size_t kPassagesQuoted = 6;  // further ones are not read

struct Extract {
  size_t passage = 0;
  text::Span span;    // in the passage's text
  int64_t score = 0;  // that it answers, millionths
};

struct Quote {
  std::vector<Extract> extracts;   // in the order to be shown
  int64_t answerable = 0;          // that they answer the question, millionths
};

// The units to show, best first: the best, what it leans on, the line that announces it or what it
// announces, what leans on it, and what is nearly as good and not said yet; at most `most`.
// probabilities: by unit, millionths. units: of the passages, not empty.
std::vector<size_t> ChooseUnits(const std::vector<FoundPassage>& passages,
                                const std::vector<AnswerUnit>& units,
                                const std::vector<int64_t>& probabilities, size_t most);

// At most `most` sentences (a question that a document asks itself comes on top); none without
// passages.
Quote QuoteAnswer(std::string_view question, const std::vector<FoundPassage>& passages,
                  int64_t most, const screen::EmbedFn& embed,
                  const AnswerModel& model = AnswerModel::Shipped());

// Where passage text byte `at` stands in its document.
int64_t SourceOf(const FoundPassage& passage, int64_t at);

}  // namespace frontdesk::dialog
