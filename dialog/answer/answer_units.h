// What an extractive answer is put together from: sentences of the passages found, each with what
// stands around it and gives it its meaning.
//
// A unit is one sentence; a question that a document asks itself ("Do you ship to Norway?") goes
// with the sentence after it, and with one more when that only says yes or no. A line without
// an end ("Returning a bulky item", as plain text has headings) is no unit. The lead is what a
// reader has in mind when he comes to it: such a line, the question above, the line that announces a
// list, the sentence before an "It …". Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dialog/effects.h"
#include "text/span.h"

namespace frontdesk::dialog {

struct AnswerUnit {
  size_t passage = 0;
  size_t order = 0;                   // of its first sentence in the passage
  size_t block = 0;                   // paragraph, list item or table row of the passage
  std::vector<text::Span> sentences;  // of the passage's text; one, or a question and its answer
  std::string lead;                   // "" when it stands alone
  bool leans = false;                 // begins with a word that points back ("It", "This")
  bool asks = false;                  // begins with a question of the document
  bool announces = false;             // ends with a colon
  bool is_row = false;                // of a table, as retrieval/documents words it
  std::optional<size_t> announced_by;  // the unit whose list it is an item of

  // Its own words, and with title, heading and lead before them.
  std::string TextIn(const FoundPassage& passage) const;
  std::string InContext(const FoundPassage& passage) const;
};

// Units of at most `most` passages, in order. A sentence that stands in several passages is
// taken where it stands first.
std::vector<AnswerUnit> UnitsOf(const std::vector<FoundPassage>& passages, size_t most);

// Title and headings of a passage, as words.
std::string HeadingsOf(const FoundPassage& passage);

}  // namespace frontdesk::dialog
