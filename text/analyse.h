// From text to index terms: segment, fold, stem, strip accents.
//
// The same function analyses passages and queries, so a term matches whatever
// its case, inflection, accents or compatibility form. Pure, thread-safe.
//
//   Analyse("Returning the SHOES", "en")  // return, the, shoe
//   Analyse("Returning the SHOES", "en", {.drop_stop_words = true})  // return, shoe
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/span.h"

namespace frontdesk::text {

struct Token {
  std::string term;
  Span span;  // of the word in the analysed text
};

struct AnalyseOptions {
  bool drop_stop_words = false;
  bool stem = true;
};

// language: ISO 639-1. Terms are non-empty and at most kLongestTerm bytes (longer words
// are cut at a character). Cost: O(n), about 400 ns a word.
std::vector<Token> Analyse(std::string_view text, std::string_view language,
                           AnalyseOptions options = {});

inline constexpr size_t kLongestTerm = 64;

// The term of one word as Words() gives it; empty when folding removes it all.
std::string AnalyseWord(std::string_view word, std::string_view language, bool stem = true);

// Whether a folded word carries grammar rather than meaning (the, und, le …).
// Known for en de fr es it nl pt; false for other languages.
bool IsStopWord(std::string_view folded_word, std::string_view language);

}  // namespace frontdesk::text
