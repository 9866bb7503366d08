// What speaks for and against "this text supports that claim", as numbers.
//
// Lexical coverage in several grains, agreement of numbers, names and denial, what the
// claim adds, and how near the embeddings are: the input of the support model. Pure;
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "text/span.h"

namespace frontdesk::dialog {

// A text with what claims are held against: read once, used for many claims.
class Source {
 public:
  // text: borrowed. extra: words that count as known beside it (title, headings).
  Source(std::string_view text, std::string_view language, std::string_view extra = "");

  std::string_view text() const { return text_; }
  const std::string& language() const { return language_; }
  const std::vector<text::Span>& sentences() const { return sentences_; }

 private:
  friend struct EvidenceReader;
  friend struct Evidence ReadEvidence(std::string_view, std::string_view, const Source&,
                                      const struct Nearness&);

  std::string_view text_;
  std::string language_;
  std::string folded_;                             // with extra
  std::vector<text::Span> sentences_;              // at most 400 bytes each
  std::vector<std::vector<std::string>> words_;    // stems, by sentence, then of extra
  std::vector<std::set<std::string>> content_;     // by sentence
  std::set<std::string> all_words_, all_content_, bigrams_, trigrams_, grams_;
  std::vector<std::string> facts_;
  std::vector<bool> denies_;  // by sentence
};

inline constexpr size_t kSignals = 32;

struct Evidence {
  std::array<float, kSignals> signals{};
  size_t sentence = 0;        // of the source that covers the claim best
  bool numbers_agree = true;  // every fact of the claim stands in the source
  bool names_known = true;    // every name of the claim stands in source or question
  bool denial_agrees = true;  // claim and best sentence both deny, or neither
  bool near_known = false;    // the signals near_* were measured
};

// Names of the signals, for reports.
std::string_view SignalName(size_t signal);

// How near the claim is to the source by embeddings: cosines of its parts to the source's
// sentences. known is false without an encoder.
struct Nearness {
  bool known = false;
  float best = 0, mean = 0, worst = 0;  // of the claim's sentences, each with its best
  float whole = 0;                      // of the whole claim
};

// claim: a sentence or a short answer. question: what it answers, may be empty.
Evidence ReadEvidence(std::string_view claim, std::string_view question, const Source& source,
                      const Nearness& nearness);

// Whether a text denies ("not", "never", "no", "nicht", "kein", …).
bool Denies(std::string_view text);

}  // namespace frontdesk::dialog
