// Does a passage support a sentence? The checks every shown sentence must pass.
//
// Pure; thread-safe; integers only. Checks in order, the first that fails names the
// rule: "number" (every number, date, price and percentage of the sentence stands in
// the passage), "negation" (the sentence denies where its source does not, or the
// other way round), "entity" (names and codes stand in the passage or the question),
// "coverage" (share of content words found), "support" (coverage and similarity
// together under the bundle's threshold).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/effects.h"
#include "text/span.h"

namespace frontdesk::dialog {

struct Support {
  bool holds = false;
  std::string rule;  // "supported" or the check that failed
  std::map<std::string, int64_t> scores;
  size_t passage = 0;   // index of the best passage
  text::Span sentence;  // of the sentence in that passage that supports most
};

// passages: not empty. similarity_q: cosine to each passage's best sentence in
// millionths, or empty. Cost: O(words of all passages).
Support CheckSupport(std::string_view sentence, std::string_view question,
                     const std::vector<FoundPassage>& passages, int64_t threshold);

// Content words of a text as index terms, without repeats.
std::set<std::string> ContentTerms(std::string_view text, std::string_view language);

// Numbers of a text in one spelling: "1,200.50" and "1200.50" alike; percentages and
// currency signs dropped. Sorted, no repeats.
std::vector<std::string> NumbersOf(std::string_view text);

// Whether a text denies ("not", "never", "no", "nicht", "kein", …).
bool Denies(std::string_view text);

// How much of the question the passage speaks about, with its title and headings, in
// millionths: share of content terms, joined with the cosine where there is one.
int64_t Relevance(std::string_view question, const FoundPassage& passage);

}  // namespace frontdesk::dialog
