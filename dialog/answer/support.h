// Does a passage support a sentence? The checks every sentence of the model must pass.
//
// Thread-safe. Checks in order, the first that fails names the rule: "number" (every
// number, date, price, duration and percentage of the sentence stands in the passage),
// "negation" (the sentence denies where its source does not, or the other way round),
// "entity" (names and codes stand in the passage or the question), "coverage" (the
// sentence says something at all), "support" (the support model's probability is under
// the bundle's threshold).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/answer/claims.h"
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

// Passages read for checking: made once for an answer, used for each of its sentences.
class SupportChecker {
 public:
  // passages: borrowed, not empty. embed: empty, or failing: words alone decide.
  SupportChecker(const std::vector<FoundPassage>& passages, std::string_view question,
                 screen::EmbedFn embed);

  // threshold: least probability, millionths. Cost: O(words of all passages), and one
  // embedding of the sentence.
  Support Check(std::string_view sentence, int64_t threshold) const;

 private:
  const std::vector<FoundPassage>& passages_;
  const std::string question_;
  const screen::EmbedFn embed_;
  std::vector<std::string> extras_;
  std::vector<Source> sources_;
  std::vector<std::vector<std::vector<float>>> vectors_;  // by passage; empty without an encoder
};

// Content words of a text as index terms, without repeats.
std::set<std::string> ContentTerms(std::string_view text, std::string_view language);

}  // namespace frontdesk::dialog
