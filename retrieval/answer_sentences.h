// Which sentences of a passage answer a query.
//
// Used for extractive answers: the sentences are shown as they stand, with their offsets as
// citation. Pure but for the EmbedFn; thread-safe; scores are integers and ties go to the earlier
// sentence, so the choice is the same on every machine.
//
//   auto best = SelectAnswerSentences(*hit.passage, "how long is the warranty", options);
//   // best[0]: "The warranty lasts two years." at bytes 31..60 of the passage's text
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/embed_fn.h"
#include "retrieval/knowledge_snapshot.h"
#include "text/span.h"

namespace frontdesk::retrieval {

struct AnswerSentence {
  text::Span span;        // bytes of passage.text
  int32_t score = 0;      // thousandths, higher is better
  int32_t coverage = 0;   // share of the query's word weight found in the sentence, thousandths
  int32_t proximity = 0;  // how close together its found words stand, thousandths
  int32_t cosine = 0;     // with the query, thousandths; 0 without an embedding
};

struct AnswerOptions {
  int max_sentences = 2;  // 1..10
  // Sentences scoring less than this share (thousandths) of the best one are left out.
  int32_t keep_share = 600;
  EmbedFn embed;                                // empty: words only
  std::span<const float> query_embedding = {};  // empty: embedded here when `embed` is set
};

// The best sentences for the query in the order they stand in the passage. Words weigh by their
// rarity in the snapshot; a word of the title or headings counts a little for every sentence.
// Nothing when no sentence shares a word with the query and there is no embedding.
// Errors: INVALID_ARGUMENT (max_sentences), the EmbedFn's.
// Cost: O(passage), and one batch of its sentences through the encoder.
absl::StatusOr<std::vector<AnswerSentence>> SelectAnswerSentences(const Passage& passage,
                                                                  std::string_view query,
                                                                  const KnowledgeSnapshot& snapshot,
                                                                  const AnswerOptions& options);

}  // namespace frontdesk::retrieval
