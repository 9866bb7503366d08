// Is a sentence proven by a passage? The check every shown sentence of an answer passes.
//
// Pure; thread-safe; scores are integers in millionths, so the verdict is the same on
// every machine. A sentence is supported when, for one passage,
//  1. every number, price, date, percentage and time in it stands in the sentences it rests on,
//  2. every name in it (capitalised or mixed with digits, not at its start) stands in the
//     passage, its title or headings, or in the question,
//  3. it negates exactly when the sentences it rests on negate,
//  4. its other words are covered by one to three neighbouring sentences (what it rests on), and
//  its
//     embedding (where there is one) is close to theirs: support >= policy's `support`.
// The first rule that fails names the verdict. Source: docs/grounding.md.
//
//   Support s = CheckSupport("Returns are free for 30 days.", passages, question, grounding, "en",
//   {}); s.supported;   s.passage;   s.source;      // which bytes of which passage prove it
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/bundle/settings.h"
#include "dialog/effects.h"
#include "text/span.h"

namespace frontdesk::dialog {

// Embeddings of texts, as Effects::Embed; empty: none, then words alone decide.
using EmbedTexts =
    std::function<absl::StatusOr<std::vector<std::vector<float>>>(std::span<const std::string>)>;

struct Support {
  bool supported = false;
  std::string rule;  // "supported", "empty", "number", "name", "negation", "coverage"
  std::map<std::string, int64_t> scores;  // coverage, similarity, support: millionths
  int passage = -1;                       // index of the best passage; -1: none shares a word
  text::Span source{};                    // bytes of its text that the sentence rests on
};

// passages: best first. language: of passages and sentence.
// Cost: O(sentence x passage sentences); one Embed of the sentence and the windows it is held
// against.
Support CheckSupport(std::string_view sentence, std::span<const FoundPassage> passages,
                     std::string_view question, const Grounding& grounding,
                     std::string_view language, const EmbedTexts& embed);

// Numbers, prices, dates, percentages and times of a text in canonical form, sorted, each
// once: "€4.90" and "4,90 EUR" are "4.9", "thirty" is "30". For tests and `explain`.
std::vector<std::string> FactsOf(std::string_view text, std::string_view language);

}  // namespace frontdesk::dialog
