// QualityService: score cards, samples, reviews, and transcripts for training.
// Contract: protos/frontdesk/v1/quality.proto; what is measured: server/quality/.
#pragma once

#include <frontdesk/v1/quality.grpc.pb.h>

#include "server/assistant/versions.h"
#include "server/insight/outcome_book.h"
#include "server/quality/score_card.h"
#include "server/services/handler.h"
#include "server/turns/conversations.h"

namespace frontdesk::server {

// Borrowed; outlives the service.
struct QualityParts {
  RpcParts& rpc;
  Conversations& conversations;
  const storage::Store& store;
  const Versions& versions;
  OutcomeBook& outcomes;
};

class QualityService final : public v1::QualityService::CallbackService {
 public:
  explicit QualityService(QualityParts parts) : parts_(parts) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  Unary* GetScoreCard(Context*, const v1::GetScoreCardRequest*, v1::GetScoreCardResponse*) override;
  Unary* ListSample(Context*, const v1::ListSampleRequest*, v1::ListSampleResponse*) override;
  Unary* SubmitReview(Context*, const v1::SubmitReviewRequest*, v1::SubmitReviewResponse*) override;
  Unary* GetQuality(Context*, const v1::GetQualityRequest*, v1::GetQualityResponse*) override;
  Unary* ExportTranscripts(Context*, const v1::ExportTranscriptsRequest*,
                           v1::ExportTranscriptsResponse*) override;

 private:
  absl::StatusOr<ScoreCard> Card() const;  // of the active version
  absl::Status Sample(const Principal& caller, const v1::ListSampleRequest& request,
                      v1::ListSampleResponse& response) const;
  absl::Status Submit(const Principal& caller, const v1::SubmitReviewRequest& request) const;
  absl::Status Quality(const v1::GetQualityRequest& request, v1::GetQualityResponse& response) const;

  const QualityParts parts_;
};

}  // namespace frontdesk::server
