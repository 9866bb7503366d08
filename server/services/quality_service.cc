#include "server/services/quality_service.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/quality/sample.h"
#include "server/quality/scores.h"
#include "server/quality/training_export.h"
#include "server/services/chat_service.h"
#include "server/services/period.h"

namespace frontdesk::server {
namespace {

constexpr int kMostSampled = 1000, kDefaultSampled = 100;
constexpr size_t kMostReviewComment = 2000;

struct QualityPage {
  int size = kDefaultSampled;
  int64_t after = 0;
};

template <class Request>
absl::StatusOr<QualityPage> QualityPageOf(const Request& request) {
  QualityPage page;
  if (request.page_size() != 0) page.size = request.page_size();
  if (page.size < 1 || page.size > kMostSampled) return InvalidField("page_size", "is from 1 to 1000");
  if (!request.page_token().empty() &&
      (!absl::SimpleAtoi(request.page_token(), &page.after) || page.after < 0)) {
    return InvalidField("page_token", "is not one of ours");
  }
  return page;
}

bool ScoredBy(const ConversationFacts& facts, const ScoreCard& card, std::string_view reviewer) {
  return std::any_of(facts.reviews.begin(), facts.reviews.end(), [&](const dialog::Review& review) {
    return review.card == card.name && review.reviewer == reviewer;
  });
}

int32_t ReviewsOf(const ConversationFacts& facts, const ScoreCard& card) {
  return static_cast<int32_t>(
      std::count_if(facts.reviews.begin(), facts.reviews.end(),
                    [&card](const dialog::Review& review) { return review.card == card.name; }));
}

void CopyScores(const QuestionScores& scores, v1::QuestionQuality& wire) {
  wire.set_name(scores.question->name);
  wire.set_ask(scores.question->ask);
  for (const int64_t given : scores.given) wire.add_given(given);
  wire.set_mean(scores.mean);
  if (scores.agreement) wire.set_agreement(*scores.agreement);
  wire.set_scored_twice(scores.scored_twice);
}

}  // namespace

absl::StatusOr<ScoreCard> QualityService::Card() const {
  const auto active = parts_.versions.Active();
  if (active == nullptr) return absl::UnavailableError("no bundle is active yet; try again in a moment");
  return ScoreCardOf(active->manifest, parts_.store);
}

QualityService::Unary* QualityService::GetScoreCard(Context* context, const v1::GetScoreCardRequest*,
                                                    v1::GetScoreCardResponse* response) {
  return Handle(parts_.rpc, context, "QualityService/GetScoreCard",
                [=, this](const Principal&) -> absl::Status {
                  const auto card = Card();
                  if (!card.ok()) return card.status();
                  response->set_name(card->name);
                  for (const ScoreQuestion& question : card->questions) {
                    v1::ScoreQuestion& wire = *response->add_questions();
                    wire.set_name(question.name);
                    wire.set_ask(question.ask);
                    for (const std::string& answer : question.answers) wire.add_answers(answer);
                  }
                  response->set_random_share(static_cast<double>(card->random) / 1e6);
                  response->set_seed(card->seed);
                  for (const std::string& rule : card->rules) response->add_rules(rule);
                  return absl::OkStatus();
                });
}

absl::Status QualityService::Sample(const Principal& caller, const v1::ListSampleRequest& request,
                                    v1::ListSampleResponse& response) const {
  const auto page = QualityPageOf(request);
  if (!page.ok()) return page.status();
  const auto card = Card();
  if (!card.ok()) return card.status();
  const auto reading = parts_.outcomes.Read(PeriodOf(request));
  if (!reading.ok()) return reading.status();
  int64_t last = 0;
  for (const Sampled& one : DrawSample((*reading)->judged, *card)) {
    const ConversationFacts& facts = *one.conversation->facts;
    const bool scored = ScoredBy(facts, *card, caller.user);
    if (facts.position <= page->after || (scored && request.unscored_only())) continue;
    if (response.conversations_size() == page->size) {
      response.set_next_page_token(absl::StrCat(last));
      break;
    }
    v1::SampledConversation& wire = *response.add_conversations();
    wire.set_conversation(absl::StrCat("conversations/", facts.id));
    for (const std::string& rule : one.chosen_by) wire.add_chosen_by(rule);
    wire.mutable_begin_time()->set_seconds(facts.began_ms / 1000);
    wire.set_intent(facts.intent);
    wire.set_reviews(ReviewsOf(facts, *card));
    wire.set_scored(scored);
    last = facts.position;
  }
  return absl::OkStatus();
}

QualityService::Unary* QualityService::ListSample(Context* context,
                                                  const v1::ListSampleRequest* request,
                                                  v1::ListSampleResponse* response) {
  return Handle(parts_.rpc, context, "QualityService/ListSample",
                [=, this](const Principal& caller) { return Sample(caller, *request, *response); });
}

absl::Status QualityService::Submit(const Principal& caller, const v1::SubmitReviewRequest& request) const {
  const auto id = ParseConversationName(request.conversation(), "conversation");
  if (!id.ok()) return id.status();
  if (absl::Status bad = CheckRequestId(request.request_id()); !bad.ok()) return bad;
  if (request.comment().size() > kMostReviewComment) return InvalidField("comment", "has at most 2000 bytes");
  const auto card = Card();
  if (!card.ok()) return card.status();
  if (request.scores().empty()) return InvalidField("scores", "answers at least one question of the card");
  dialog::Review review{.reviewer = caller.user, .card = card->name, .comment = request.comment()};
  for (const auto& [name, answer] : request.scores()) {
    const ScoreQuestion* question = card->Find(name);
    if (question == nullptr) return InvalidField("scores", "names a question that GetScoreCard does not");
    if (answer < 0 || answer >= static_cast<int32_t>(question->answers.size())) {
      return InvalidField("scores", absl::StrCat(name, " has the answers 0 to ", question->answers.size() - 1));
    }
    review.scores[name] = answer;
  }
  return parts_.conversations.Review(*id, request.request_id(), std::move(review));
}

QualityService::Unary* QualityService::SubmitReview(Context* context,
                                                    const v1::SubmitReviewRequest* request,
                                                    v1::SubmitReviewResponse*) {
  return Handle(parts_.rpc, context, "QualityService/SubmitReview",
                [=, this](const Principal& caller) { return Submit(caller, *request); });
}

absl::Status QualityService::Quality(const v1::GetQualityRequest& request,
                                     v1::GetQualityResponse& response) const {
  const auto card = Card();
  if (!card.ok()) return card.status();
  OutcomeScope scope = PeriodOf(request);
  scope.bundle_version = request.bundle_version();
  const auto reading = parts_.outcomes.Read(scope);
  if (!reading.ok()) return reading.status();
  const QualityScores quality = MeasureQuality((*reading)->judged, *card);
  response.set_card(card->name);
  response.set_sampled(quality.sampled);
  response.set_reviewed(quality.reviewed);
  response.set_mean(quality.mean);
  for (const QuestionScores& scores : quality.questions) CopyScores(scores, *response.add_questions());
  for (const std::string& conversation : quality.disputed)
    response.add_disputed(absl::StrCat("conversations/", conversation));
  return absl::OkStatus();
}

QualityService::Unary* QualityService::GetQuality(Context* context, const v1::GetQualityRequest* request,
                                                  v1::GetQualityResponse* response) {
  return Handle(parts_.rpc, context, "QualityService/GetQuality",
                [=, this](const Principal&) { return Quality(*request, *response); });
}

QualityService::Unary* QualityService::ExportTranscripts(Context* context,
                                                         const v1::ExportTranscriptsRequest* request,
                                                         v1::ExportTranscriptsResponse* response) {
  return Handle(
      parts_.rpc, context, "QualityService/ExportTranscripts",
      [=, this](const Principal&) -> absl::Status {
        const auto page = QualityPageOf(*request);
        if (!page.ok()) return page.status();
        storage::ConversationFilter filter;
        filter.limit = page->size;
        if (page->after > 0) filter.after_position = page->after;
        if (request->has_start_time()) filter.created_from_ms = MillisecondsOf(request->start_time());
        if (request->has_end_time()) filter.created_until_ms = MillisecondsOf(request->end_time());
        auto exported = ExportForTraining(parts_.store, filter);
        if (!exported.ok()) return exported.status();
        for (std::string& transcript : exported->transcripts) response->add_transcripts(std::move(transcript));
        response->set_without_consent(exported->without_consent);
        if (exported->next_position > 0) response->set_next_page_token(absl::StrCat(exported->next_position));
        return absl::OkStatus();
      },
      request);
}

}  // namespace frontdesk::server
