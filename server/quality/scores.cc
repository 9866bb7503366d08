#include "server/quality/scores.h"

#include <algorithm>
#include <numeric>

#include "server/quality/agreement.h"
#include "server/quality/sample.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMostDisputed = 20;

// The answers that reviewers gave to one question about one conversation.
std::vector<int64_t> AnswersTo(const ScoreQuestion& question, const ConversationFacts& facts,
                               const std::string& card) {
  std::vector<int64_t> answers;
  for (const dialog::Review& review : facts.reviews) {
    const auto score = review.scores.find(question.name);
    if (review.card != card || score == review.scores.end() || score->second < 0 ||
        score->second >= static_cast<int64_t>(question.answers.size()))
      continue;
    answers.push_back(score->second);
  }
  return answers;
}

QuestionScores MeasureQuestion(const ScoreQuestion& question, std::span<const JudgedConversation> conversations,
                       const std::string& card) {
  QuestionScores scores{.question = &question, .given = std::vector<int64_t>(question.answers.size(), 0)};
  std::vector<std::vector<int64_t>> units;
  int64_t answers = 0, sum = 0;
  for (const JudgedConversation& judged : conversations) {
    units.push_back(AnswersTo(question, *judged.facts, card));
    scores.scored_twice += units.back().size() > 1 ? 1 : 0;
    for (const int64_t answer : units.back()) {
      ++scores.given[static_cast<size_t>(answer)];
      ++answers;
      sum += answer;
    }
  }
  const auto best = static_cast<double>(question.answers.size() - 1);
  if (answers > 0) scores.mean = static_cast<double>(sum) / best / static_cast<double>(answers);
  scores.agreement = KrippendorffAlpha(units, static_cast<int>(question.answers.size()),
                                       question.answers.size() > 2 ? Scale::kOrdinal : Scale::kNominal);
  return scores;
}

// The widest difference between two reviewers, as a share of the question's scale.
double WidestDifference(const ConversationFacts& facts, const ScoreCard& card) {
  double widest = 0;
  for (const ScoreQuestion& question : card.questions) {
    const std::vector<int64_t> answers = AnswersTo(question, facts, card.name);
    if (answers.size() < 2) continue;
    const auto [least, most] = std::minmax_element(answers.begin(), answers.end());
    widest = std::max(widest, static_cast<double>(*most - *least) / static_cast<double>(question.answers.size() - 1));
  }
  return widest;
}

}  // namespace

QualityScores MeasureQuality(std::span<const JudgedConversation> conversations, const ScoreCard& card) {
  QualityScores quality;
  for (const Sampled& one : DrawSample(conversations, card)) {
    ++quality.sampled;
    const auto& reviews = one.conversation->facts->reviews;
    quality.reviewed += std::any_of(reviews.begin(), reviews.end(),
                                    [&card](const dialog::Review& r) { return r.card == card.name; })
                            ? 1
                            : 0;
  }
  double sum = 0, answers = 0;
  for (const ScoreQuestion& question : card.questions) {
    quality.questions.push_back(MeasureQuestion(question, conversations, card.name));
    const QuestionScores& scores = quality.questions.back();
    const auto given = static_cast<double>(std::accumulate(scores.given.begin(), scores.given.end(), int64_t{0}));
    sum += scores.mean * given;
    answers += given;
  }
  if (answers > 0) quality.mean = sum / answers;
  std::vector<std::pair<double, std::string>> disputed;
  for (const JudgedConversation& judged : conversations) {
    if (const double difference = WidestDifference(*judged.facts, card); difference > 0)
      disputed.emplace_back(-difference, judged.facts->id);
  }
  std::sort(disputed.begin(), disputed.end());
  if (disputed.size() > kMostDisputed) disputed.resize(kMostDisputed);
  for (auto& [difference, id] : disputed) quality.disputed.push_back(std::move(id));
  return quality;
}

}  // namespace frontdesk::server
