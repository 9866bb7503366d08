#include "clients/cpp/console_client.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "clients/cpp/user_call.h"

namespace frontdesk::client {

absl::StatusOr<std::unique_ptr<ConsoleClient>> ConsoleClient::Connect(const ServerAddress& server,
                                                                      std::string user_token) {
  auto channel = OpenChannel(server, absl::Seconds(5));
  if (!channel.ok()) return channel.status();
  return std::unique_ptr<ConsoleClient>(
      new ConsoleClient(*std::move(channel), std::move(user_token)));
}

ConsoleClient::ConsoleClient(std::shared_ptr<grpc::Channel> channel, std::string user_token)
    : channel_(std::move(channel)),
      stub_(v1::AgentConsoleService::NewStub(channel_)),
      token_(std::move(user_token)) {}

template <class Request, class Response>
absl::StatusOr<Response> ConsoleClient::Call(grpc::Status (v1::AgentConsoleService::Stub::*method)(
                                                 grpc::ClientContext*, const Request&, Response*),
                                             const Request& request) {
  return CallAsUser(*stub_, method, request, token_);
}

absl::StatusOr<int> ConsoleClient::SetPresence(bool available, const std::string& display_name) {
  v1::SetPresenceRequest request;
  request.set_presence(available ? v1::PRESENCE_AVAILABLE : v1::PRESENCE_AWAY);
  request.set_display_name(display_name);
  auto response = Call(&v1::AgentConsoleService::Stub::SetPresence, request);
  if (!response.ok()) return response.status();
  return response->available_agents();
}

absl::Status ConsoleClient::WatchQueue(
    const std::function<void(const v1::WatchQueueResponse&)>& on_change,
    const std::function<bool()>& stop) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token_);
  std::atomic<bool> over = false;
  std::thread watcher([&] {
    while (!over && !stop()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    context.TryCancel();
  });
  auto stream = stub_->WatchQueue(&context, v1::WatchQueueRequest());
  v1::WatchQueueResponse change;
  while (stream->Read(&change)) on_change(change);
  const grpc::Status status = stream->Finish();
  over = true;
  watcher.join();
  return status.error_code() == grpc::StatusCode::CANCELLED ? absl::OkStatus() : ToAbsl(status);
}

absl::StatusOr<std::vector<v1::QueueEntry>> ConsoleClient::Queue() {
  // The stream begins with every waiting entry and then an empty change, so one read to it is
  // enough.
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token_);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  auto stream = stub_->WatchQueue(&context, v1::WatchQueueRequest());
  std::vector<v1::QueueEntry> entries;
  v1::WatchQueueResponse change;
  while (stream->Read(&change)) {
    if (change.entry().conversation().empty()) {
      context.TryCancel();
      while (stream->Read(&change)) {
      }
      (void)stream->Finish();
      return entries;
    }
    if (!change.removed()) entries.push_back(change.entry());
  }
  return ToAbsl(stream->Finish());
}

absl::StatusOr<int64_t> ConsoleClient::Claim(const std::string& conversation) {
  v1::ClaimRequest request;
  request.set_conversation(conversation);
  auto response = Call(&v1::AgentConsoleService::Stub::Claim, request);
  if (!response.ok()) return response.status();
  return response->owner_epoch();
}

absl::Status ConsoleClient::Reply(const std::string& conversation, int64_t epoch,
                                  const std::string& text) {
  v1::ReplyRequest request;
  request.set_conversation(conversation);
  request.set_request_id(NewRequestId());
  request.set_owner_epoch(epoch);
  request.set_text(text);
  return Call(&v1::AgentConsoleService::Stub::Reply, request).status();
}

absl::Status ConsoleClient::Whisper(const std::string& conversation, const std::string& text) {
  v1::WhisperRequest request;
  request.set_conversation(conversation);
  request.set_request_id(NewRequestId());
  request.set_text(text);
  return Call(&v1::AgentConsoleService::Stub::Whisper, request).status();
}

absl::StatusOr<std::vector<v1::Suggestion>> ConsoleClient::SuggestReplies(
    const std::string& conversation) {
  v1::SuggestRepliesRequest request;
  request.set_conversation(conversation);
  auto response = Call(&v1::AgentConsoleService::Stub::SuggestReplies, request);
  if (!response.ok()) return response.status();
  return std::vector<v1::Suggestion>(response->suggestions().begin(),
                                     response->suggestions().end());
}

absl::StatusOr<std::string> ConsoleClient::RevealValue(const std::string& conversation,
                                                       const std::string& token,
                                                       const std::string& purpose) {
  v1::RevealValueRequest request;
  request.set_conversation(conversation);
  request.set_token(token);
  request.set_purpose(purpose);
  auto response = Call(&v1::AgentConsoleService::Stub::RevealValue, request);
  if (!response.ok()) return response.status();
  return response->value();
}

absl::Status ConsoleClient::ReturnToAssistant(const std::string& conversation, int64_t epoch,
                                              const std::string& note) {
  v1::ReturnToAssistantRequest request;
  request.set_conversation(conversation);
  request.set_owner_epoch(epoch);
  request.set_note(note);
  return Call(&v1::AgentConsoleService::Stub::ReturnToAssistant, request).status();
}

absl::Status ConsoleClient::Resolve(const std::string& conversation, int64_t epoch,
                                    const std::string& outcome) {
  v1::ResolveRequest request;
  request.set_conversation(conversation);
  request.set_owner_epoch(epoch);
  request.set_outcome(outcome);
  return Call(&v1::AgentConsoleService::Stub::Resolve, request).status();
}

absl::Status ConsoleClient::Transfer(const std::string& conversation, int64_t epoch,
                                     const std::string& team, const std::string& note) {
  v1::TransferRequest request;
  request.set_conversation(conversation);
  request.set_owner_epoch(epoch);
  request.set_team(team);
  request.set_note(note);
  return Call(&v1::AgentConsoleService::Stub::Transfer, request).status();
}

absl::Status ConsoleClient::AddTag(const std::string& conversation, const std::string& tag) {
  v1::AddTagRequest request;
  request.set_conversation(conversation);
  request.set_request_id(NewRequestId());
  request.set_tag(tag);
  return Call(&v1::AgentConsoleService::Stub::AddTag, request).status();
}

absl::StatusOr<v1::GetTranscriptResponse> ConsoleClient::Transcript(
    const std::string& conversation) {
  v1::GetTranscriptRequest request;
  request.set_conversation(conversation);
  return Call(&v1::AgentConsoleService::Stub::GetTranscript, request);
}

}  // namespace frontdesk::client
