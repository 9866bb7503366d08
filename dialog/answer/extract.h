// The answer in the documents' own words: which sentences of which passages to show.
//
// Pure but for the embeddings; thread-safe; integer scores, ties to the earlier
// passage and sentence, so the choice is the same on every machine.
//
//   Extract extract = ExtractAnswer(question, passages, grounding, "en", embed);
//   if (extract.sentences.empty()) refuse();      // nothing in the documents answers
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/answer/support.h"

namespace frontdesk::dialog {

struct ExtractedSentence {
  std::string text;
  int passage = 0;      // index into the passages given
  text::Span source{};  // bytes of that passage's text
  int64_t score = 0;    // millionths
};

struct Extract {
  std::vector<ExtractedSentence> sentences;  // in the order to show; empty: not answerable
  int64_t answerable = 0;                    // how well the best passage fits, millionths
  std::map<std::string, int64_t> scores;     // coverage, similarity of the best, for the event
};

// passages: best first. At most grounding.sentences sentences, all of one passage, because
// sentences of two documents next to each other can say what neither says. Empty when
// `answerable` stays below grounding.answerable.
Extract ExtractAnswer(std::string_view question, std::span<const FoundPassage> passages,
                      const Grounding& grounding, std::string_view language,
                      const EmbedTexts& embed);

}  // namespace frontdesk::dialog
