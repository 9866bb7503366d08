#include "clients/cpp/chat_client.h"

#include <google/rpc/error_details.pb.h>

#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace frontdesk::client {
namespace {

constexpr int kSendAttempts = 4;
constexpr absl::Duration kCallDeadline = absl::Seconds(30);
constexpr absl::Duration kTurnDeadline = absl::Seconds(120);

void SetDeadline(grpc::ClientContext& context, absl::Duration after) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + after));
}

// What "Unavailable" and a broken stream have in common: the same request may be sent again.
bool MayPass(grpc::StatusCode code) { return code == grpc::StatusCode::UNAVAILABLE; }

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const ServerAddress& server,
                                                           absl::Duration wait) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!server.root_certificate_file.empty()) {
    std::ifstream file(server.root_certificate_file, std::ios::binary);
    if (!file) {
      return absl::NotFoundError(
          absl::StrCat(server.root_certificate_file,
                       ": no such certificate; give the PEM file of the server's root"));
    }
    std::ostringstream pem;
    pem << file.rdbuf();
    credentials = grpc::SslCredentials({.pem_root_certs = pem.str()});
  }
  auto channel = grpc::CreateChannel(server.address, credentials);
  if (!channel->WaitForConnected(absl::ToChronoTime(absl::Now() + wait))) {
    return absl::UnavailableError(absl::StrCat("nobody answers at ", server.address,
                                               "; is `frontdesk serve` running there?"));
  }
  return channel;
}

absl::Status ToAbsl(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  std::string text = status.error_message();
  google::rpc::Status rich;
  if (rich.ParseFromString(status.error_details())) {
    for (const auto& detail : rich.details()) {
      google::rpc::RetryInfo retry;
      if (detail.UnpackTo(&retry)) {
        absl::StrAppendFormat(&text, " (try again in %.1f s)",
                              retry.retry_delay().seconds() + retry.retry_delay().nanos() * 1e-9);
      }
    }
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), text);
}

std::string NewRequestId() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) absl::StrAppendFormat(&id, "%08x", random());
  return id;
}

absl::StatusOr<std::unique_ptr<ChatClient>> ChatClient::Connect(const ServerAddress& server) {
  auto channel = OpenChannel(server, absl::Seconds(5));
  if (!channel.ok()) return channel.status();
  return std::unique_ptr<ChatClient>(new ChatClient(*std::move(channel)));
}

ChatClient::ChatClient(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)), stub_(v1::ChatService::NewStub(channel_)) {}

void ChatClient::Authorize(grpc::ClientContext& context) const {
  context.AddMetadata("authorization", "Bearer " + token_);
}

absl::Status ChatClient::Start(const std::string& language, const std::string& identity_token) {
  v1::CreateConversationRequest request;
  request.set_request_id(NewRequestId());
  request.set_language_code(language);
  request.set_identity_token(identity_token);
  v1::CreateConversationResponse response;
  grpc::ClientContext context;
  SetDeadline(context, kCallDeadline);
  const grpc::Status status = stub_->CreateConversation(&context, request, &response);
  if (!status.ok()) return ToAbsl(status);
  Resume(response.conversation(), response.conversation_token());
  return absl::OkStatus();
}

void ChatClient::Resume(v1::Conversation conversation, std::string token) {
  conversation_ = std::move(conversation);
  token_ = std::move(token);
}

absl::Status ChatClient::Send(const std::string& text, const OnEvent& on_event) {
  v1::SendMessageRequest request;
  request.set_conversation(conversation_.name());
  request.set_request_id(NewRequestId());
  request.set_text(text);
  int64_t seen = 0;
  grpc::Status status;
  for (int attempt = 0; attempt < kSendAttempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(200 << attempt));
    grpc::ClientContext context;
    Authorize(context);
    SetDeadline(context, kTurnDeadline);
    auto stream = stub_->SendMessage(&context, request);
    v1::SendMessageResponse response;
    while (stream->Read(&response)) {
      if (response.event().sequence() <= seen) continue;
      seen = response.event().sequence();
      if (seen > last_sequence_) last_sequence_ = seen;
      on_event(response.event());
    }
    status = stream->Finish();
    if (!MayPass(status.error_code())) break;
  }
  return ToAbsl(status);
}

absl::Status ChatClient::Follow(int64_t after_sequence, const OnEvent& on_event,
                                const std::function<bool()>& stop) {
  grpc::ClientContext context;
  Authorize(context);
  std::atomic<bool> over = false;
  std::thread watcher([&] {
    while (!over && !stop()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    context.TryCancel();
  });
  v1::SubscribeRequest request;
  request.set_conversation(conversation_.name());
  request.set_after_sequence(after_sequence);
  auto stream = stub_->Subscribe(&context, request);
  v1::SubscribeResponse response;
  while (stream->Read(&response)) {
    if (response.event().sequence() > last_sequence_) last_sequence_ = response.event().sequence();
    on_event(response.event());
  }
  const grpc::Status status = stream->Finish();
  over = true;
  watcher.join();
  return status.error_code() == grpc::StatusCode::CANCELLED ? absl::OkStatus() : ToAbsl(status);
}

absl::StatusOr<v1::Passage> ChatClient::Passage(const std::string& hash) {
  v1::GetPassageRequest request;
  request.set_conversation(conversation_.name());
  request.set_passage_hash(hash);
  v1::GetPassageResponse response;
  grpc::ClientContext context;
  Authorize(context);
  SetDeadline(context, kCallDeadline);
  const grpc::Status status = stub_->GetPassage(&context, request, &response);
  if (!status.ok()) return ToAbsl(status);
  return response.passage();
}

absl::Status ChatClient::Rate(int rating, const std::string& comment) {
  v1::SubmitFeedbackRequest request;
  request.set_conversation(conversation_.name());
  request.set_request_id(NewRequestId());
  request.set_rating(rating);
  request.set_comment(comment);
  v1::SubmitFeedbackResponse response;
  grpc::ClientContext context;
  Authorize(context);
  SetDeadline(context, kCallDeadline);
  return ToAbsl(stub_->SubmitFeedback(&context, request, &response));
}

absl::Status ChatClient::Consent(const std::string& purpose, bool granted,
                                 const std::string& text_version) {
  v1::UpdateConsentRequest request;
  request.set_conversation(conversation_.name());
  request.set_request_id(NewRequestId());
  request.set_purpose(purpose);
  request.set_granted(granted);
  request.set_text_version(text_version);
  v1::UpdateConsentResponse response;
  grpc::ClientContext context;
  Authorize(context);
  SetDeadline(context, kCallDeadline);
  return ToAbsl(stub_->UpdateConsent(&context, request, &response));
}

absl::Status ChatClient::End() {
  v1::EndConversationRequest request;
  request.set_conversation(conversation_.name());
  request.set_request_id(NewRequestId());
  v1::EndConversationResponse response;
  grpc::ClientContext context;
  Authorize(context);
  SetDeadline(context, kCallDeadline);
  return ToAbsl(stub_->EndConversation(&context, request, &response));
}

}  // namespace frontdesk::client
