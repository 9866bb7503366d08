// A human agent's side of Frontdesk for C++ programs. Blocking; thread-safe.
//
//   auto console = ConsoleClient::Connect({.address = "127.0.0.1:7600"}, token);
//   (*console)->SetPresence(true, "Maya");
//   auto epoch = (*console)->Claim("conversations/abc");
//   (*console)->Reply("conversations/abc", *epoch, "Hello, this is Maya.");
#pragma once

#include <frontdesk/v1/console.grpc.pb.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/chat_client.h"

namespace frontdesk::client {

class ConsoleClient {
 public:
  // user_token: from `frontdesk user add`.
  static absl::StatusOr<std::unique_ptr<ConsoleClient>> Connect(const ServerAddress& server,
                                                                std::string user_token);

  // Returns how many agents are available now.
  absl::StatusOr<int> SetPresence(bool available, const std::string& display_name);
  // The queue as it is now.
  absl::StatusOr<std::vector<v1::QueueEntry>> Queue();
  // Hands over changes of the queue until `stop` is true.
  absl::Status WatchQueue(const std::function<void(const v1::WatchQueueResponse&)>& on_change,
                          const std::function<bool()>& stop);
  // Returns the owner's epoch, which the calls below carry.
  absl::StatusOr<int64_t> Claim(const std::string& conversation);
  absl::Status Reply(const std::string& conversation, int64_t epoch, const std::string& text);
  absl::Status Whisper(const std::string& conversation, const std::string& text);
  absl::StatusOr<std::vector<v1::Suggestion>> SuggestReplies(const std::string& conversation);
  absl::StatusOr<std::string> RevealValue(const std::string& conversation, const std::string& token,
                                          const std::string& purpose);
  absl::Status ReturnToAssistant(const std::string& conversation, int64_t epoch,
                                 const std::string& note);
  absl::Status Resolve(const std::string& conversation, int64_t epoch, const std::string& outcome);
  // To the queue of another team, with what they should know.
  absl::Status Transfer(const std::string& conversation, int64_t epoch, const std::string& team,
                        const std::string& note);
  absl::Status AddTag(const std::string& conversation, const std::string& tag);
  absl::StatusOr<v1::GetTranscriptResponse> Transcript(const std::string& conversation);

 private:
  ConsoleClient(std::shared_ptr<grpc::Channel> channel, std::string user_token);
  // Calls one unary method of the stub with token and deadline set.
  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::AgentConsoleService::Stub::*method)(
                                    grpc::ClientContext*, const Request&, Response*),
                                const Request& request);

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::AgentConsoleService::Stub> stub_;
  std::string token_;
};

}  // namespace frontdesk::client
