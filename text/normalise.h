// Folding: one spelling for texts that read the same.
//
// Fold applies Unicode NFKC_Casefold (compatibility forms, case, zero-width and
// soft hyphen removed), maps the digits of every script to ASCII, and keeps for
// each byte of the result the byte of the original it came from, so that a find
// in the folded text can be shown, or replaced, in the original. Pure,
// thread-safe. Ill-formed bytes become U+FFFD.
//
//   Normalised n = Fold("Ｏrder\u200B 12");   // n.text == "order 12"
//   OriginalSpan(n, {6, 8});                   // where "12" stands in the original
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/span.h"

namespace frontdesk::text {

struct Normalised {
  std::string text;
  // source[i]: offset in the original of the character that gave byte i of text;
  // never decreasing; source[text.size()] is the original's size.
  std::vector<uint32_t> source;
};

struct FoldOptions {
  // Letters of other scripts that look like an ASCII letter become that letter,
  // within words that also hold an ASCII letter or digit ("pаypal" with a Cyrillic а).
  bool confusables = false;
  // Typographic quotes, apostrophes and dashes become ' " and -.
  bool plain_punctuation = true;
};

// Cost: O(n); about 1 ns a byte for ASCII.
Normalised Fold(std::string_view text, FoldOptions options = {});

// The same text without the offsets.
std::string FoldText(std::string_view text, FoldOptions options = {});

// Unicode full case folding alone ("Straße" → "strasse"), no compatibility mapping.
std::string CaseFold(std::string_view text);

// The text without combining marks ("Größe" → "Grosse" is not done: ö → o, ß stays).
std::string StripAccents(std::string_view text);

// The span of the original that produced text[span) of a folded text. A character that
// was folded away at the span's end (a zero-width joiner, say) belongs to the span.
Span OriginalSpan(const Normalised& normalised, Span span);

}  // namespace frontdesk::text
