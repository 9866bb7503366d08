// Can the passages answer the question at all? What the answer hangs on: refuse, or quote.
//
// A probability from a handful of signals: how near the nearest sentence and
// passage are, how much of the question's words they hold, and whether the documents know
// the question's words at all. Pure; integers out. docs/answering.md has the figures.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dialog/effects.h"

namespace frontdesk::dialog {

inline constexpr size_t kAnswerSignals = 8;

struct Answerable {
  // passage_near, sentence_near (cosines, 0 without an encoder), sentence_words,
  // passage_words, all_words (shares of the question's content words found there),
  // missing_words (found nowhere, of the longest ones), length, runner_up.
  std::array<int64_t, kAnswerSignals> signals{};  // millionths
  int64_t probability = 0;                        // millionths
};

// passage: index of the one that is quoted; sentence: the text quoted from it;
// sentence_near: its cosine with the question in millionths, 0 without an encoder.
Answerable JudgeAnswerable(std::string_view question, const std::vector<FoundPassage>& passages,
                           size_t passage, std::string_view sentence, int64_t sentence_near);

}  // namespace frontdesk::dialog
