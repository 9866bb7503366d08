#include "clients/cpp/quality_client.h"

#include <utility>

#include "absl/time/clock.h"
#include "clients/cpp/user_call.h"

namespace frontdesk::client {

using Stub = v1::QualityService::Stub;

absl::StatusOr<std::unique_ptr<QualityClient>> QualityClient::Connect(const ServerAddress& server,
                                                                      std::string user_token) {
  auto channel = OpenChannel(server, absl::Seconds(5));
  if (!channel.ok()) return channel.status();
  return std::unique_ptr<QualityClient>(new QualityClient(*channel, std::move(user_token)));
}

QualityClient::QualityClient(const std::shared_ptr<grpc::Channel>& channel, std::string user_token)
    : stub_(v1::QualityService::NewStub(channel)), token_(std::move(user_token)) {}

template <class Request, class Response>
absl::StatusOr<Response> QualityClient::Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                          Response*),
                                             const Request& request) {
  return CallAsUser(*stub_, method, request, token_);
}

absl::StatusOr<v1::GetScoreCardResponse> QualityClient::ScoreCard() {
  return Call(&Stub::GetScoreCard, v1::GetScoreCardRequest());
}

absl::StatusOr<std::vector<v1::SampledConversation>> QualityClient::Sample(bool unscored_only) {
  std::vector<v1::SampledConversation> sample;
  v1::ListSampleRequest request;
  request.set_unscored_only(unscored_only);
  do {
    const auto page = Call(&Stub::ListSample, request);
    if (!page.ok()) return page.status();
    sample.insert(sample.end(), page->conversations().begin(), page->conversations().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return sample;
}

absl::Status QualityClient::Submit(const std::string& conversation,
                                   const std::map<std::string, int32_t>& scores, const std::string& comment) {
  v1::SubmitReviewRequest request;
  request.set_conversation(conversation);
  request.set_request_id(NewRequestId());
  for (const auto& [question, answer] : scores) (*request.mutable_scores())[question] = answer;
  request.set_comment(comment);
  return Call(&Stub::SubmitReview, request).status();
}

absl::StatusOr<v1::GetQualityResponse> QualityClient::Quality() {
  return Call(&Stub::GetQuality, v1::GetQualityRequest());
}

}  // namespace frontdesk::client
