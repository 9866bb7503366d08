// Extractive answers: the sentences of the documents that answer a question best,
// shown as they stand. Deterministic: integer scores, ties to the earlier sentence.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dialog/effects.h"
#include "text/span.h"

namespace frontdesk::dialog {

struct Extract {
  size_t passage = 0;
  text::Span span;    // in the passage's text
  int64_t score = 0;  // millionths
  int64_t near = 0;   // cosine with the question, millionths; 0 without an encoder
};

// At most `most` neighbouring sentences of one passage, in its order; none when no
// sentence has anything to do with the question. similarity: embeds, may fail.
std::vector<Extract> ExtractAnswer(std::string_view question,
                                   const std::vector<FoundPassage>& passages, int64_t most,
                                   Effects& effects);

// Where passage text byte `at` stands in its document.
int64_t SourceOf(const FoundPassage& passage, int64_t at);

}  // namespace frontdesk::dialog
