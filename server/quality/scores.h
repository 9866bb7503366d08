// What the reviews of some conversations say: answers, means, and how far reviewers agree.
//
// Pure. Reviews of cards with another name, and answers that the card's question does not have any
// more, are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/insight/outcomes.h"
#include "server/quality/score_card.h"

namespace frontdesk::server {

struct QuestionScores {
  const ScoreQuestion* question = nullptr;  // of the card
  std::vector<int64_t> given;               // how often each answer, worst first
  double mean = 0;                          // 0 worst to 1 best
  std::optional<double> agreement;          // Krippendorff's alpha, ordinal from three answers on
  int64_t scored_twice = 0;                 // conversations that two or more people scored
};

struct QualityScores {
  int64_t sampled = 0, reviewed = 0;  // conversations of the sample, and those of them with a review
  std::vector<QuestionScores> questions;
  double mean = 0;                    // of the questions' means, each weighted by its answers
  std::vector<std::string> disputed;  // conversations, widest difference first, at most 20
};

// card: borrowed by the result.
QualityScores MeasureQuality(std::span<const JudgedConversation> conversations, const ScoreCard& card);

}  // namespace frontdesk::server
