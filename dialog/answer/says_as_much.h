// Whether what the model composed says as much as the quote would: else the quote is shown.
//
// The model's sentences are each supported by a passage and may still pass over what was asked. They say as much
// when one of them rests on the sentence that was chosen first, together they take up no fewer words of the question, and
// no kind of value asked for ("how long" wants a duration) is in the quote alone. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialog/answer/extract.h"
#include "dialog/effects.h"

namespace frontdesk::dialog {

// A sentence of the model, and what supports it.
struct Composed {
  std::string text;
  size_t passage = 0;
  text::Span source;  // in the passage's text
};

// extracts: the quote, not empty; passages: those that both were made from.
bool SaysAsMuch(std::string_view question, const std::vector<Composed>& composed,
                const std::vector<Extract>& extracts, const std::vector<FoundPassage>& passages);

}  // namespace frontdesk::dialog
