// Words and sentences of a text, as byte spans.
//
// Words follow UAX #29 within each run between white space and @ (ICU for anything
// beyond ASCII, dictionaries for Thai, Chinese and Japanese); only segments that
// hold a letter, digit or ideograph count. Sentences are split by our own rules,
// which know abbreviations, initials, decimals, hard-wrapped lines and list
// items. Thread-safe (ICU iterators are kept per thread).
//
//   Words("It's 9.50 €", "en")                     // It's | 9.50
//   Sentences("Dr. Lee called. Ring back!", "en")  // Dr. Lee called. | Ring back!
#pragma once

#include <string_view>
#include <vector>

#include "text/span.h"

namespace frontdesk::text {

// language: ISO 639-1 code; it only matters for scripts that need a dictionary.
// Ill-formed bytes separate words. Cost: O(n).
std::vector<Span> Words(std::string_view text, std::string_view language);

// Spans are trimmed of white space, in order, never empty and never overlap; every
// letter of the text is inside one. language picks the abbreviations (en de fr es it
// nl pt; others get the English ones). Cost: O(n).
std::vector<Span> Sentences(std::string_view text, std::string_view language);

}  // namespace frontdesk::text
