// A reviewer's side of Frontdesk for C++ programs. Blocking; thread-safe.
//
//   auto quality = QualityClient::Connect({.address = "127.0.0.1:7600"}, token);
//   auto card = (*quality)->ScoreCard();
//   for (const auto& one : *(*quality)->Sample(/*unscored_only=*/true))
//     (*quality)->Submit(one.conversation(), {{"understood", 2}}, "");
#pragma once

#include <frontdesk/v1/quality.grpc.pb.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/chat_client.h"

namespace frontdesk::client {

class QualityClient {
 public:
  // user_token: of a supervisor, from `frontdesk user add`.
  static absl::StatusOr<std::unique_ptr<QualityClient>> Connect(const ServerAddress& server,
                                                                std::string user_token);

  absl::StatusOr<v1::GetScoreCardResponse> ScoreCard();
  // All pages.
  absl::StatusOr<std::vector<v1::SampledConversation>> Sample(bool unscored_only);
  // scores: question → number of the answer.
  absl::Status Submit(const std::string& conversation, const std::map<std::string, int32_t>& scores,
                      const std::string& comment);
  absl::StatusOr<v1::GetQualityResponse> Quality();

 private:
  QualityClient(const std::shared_ptr<grpc::Channel>& channel, std::string user_token);
  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::QualityService::Stub::*method)(grpc::ClientContext*,
                                                                                 const Request&, Response*),
                                const Request& request);

  std::unique_ptr<v1::QualityService::Stub> stub_;
  std::string token_;
};

}  // namespace frontdesk::client
