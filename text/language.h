// Which language a text is written in.
//
// Made for chat messages of a few words: frequent words and word endings of each
// language decide between en de fr es it nl pt; the script decides for ru uk el
// he ar th ko ja zh. Pure, thread-safe.
//
//   IdentifyLanguage("wo ist meine Bestellung?")  // {"de", 0.99}
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace frontdesk::text {

struct LanguageGuess {
  std::string code;         // ISO 639-1, or "und" when the text holds no letter
  double confidence = 0.0;  // 0..1, share of the evidence; below about 0.5 keep the last language
};

// Cost: O(n) over the first 2,000 bytes.
LanguageGuess IdentifyLanguage(std::string_view text);

// Function words of a language (en de fr es it nl pt), folded, sorted; empty for others.
std::span<const std::string_view> StopWords(std::string_view language);

}  // namespace frontdesk::text
