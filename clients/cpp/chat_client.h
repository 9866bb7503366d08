// A customer's side of Frontdesk for C++ programs.
//
// Blocking and small: one object is one conversation. Calls may be made from
// several threads, but messages are answered in the order they are sent.
//
//   auto client = ChatClient::Connect({.address = "127.0.0.1:7600"});
//   (*client)->Start();
//   (*client)->Send("where is my order 48213?", [](const v1::ConversationEvent& event) {
//     if (event.has_utterance()) std::cout << event.utterance().text() << "\n";
//   });
#pragma once

#include <frontdesk/v1/chat.grpc.pb.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace frontdesk::client {

// How a server is reached.
struct ServerAddress {
  std::string address = "127.0.0.1:7600";  // host:port
  std::string root_certificate_file;       // PEM; empty: plain text, for loopback only
};

// Errors: NOT_FOUND (certificate file), UNAVAILABLE (nobody answers within `wait`).
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const ServerAddress& server,
                                                           absl::Duration wait);

// A gRPC error as ours; the retry delay of an overloaded server is in the text.
absl::Status ToAbsl(const grpc::Status& status);

// 32 random hexadecimal digits: a request_id (AIP-155).
std::string NewRequestId();

using OnEvent = std::function<void(const v1::ConversationEvent&)>;

class ChatClient {
 public:
  static absl::StatusOr<std::unique_ptr<ChatClient>> Connect(const ServerAddress& server);

  // Opens a conversation. Errors: the server's.
  absl::Status Start(const std::string& language = "", const std::string& identity_token = "");
  // Goes on with one that was opened before.
  void Resume(v1::Conversation conversation, std::string token);

  // Sends a message and hands over each event of its turn; returns when the turn is
  // over. A connection that breaks is tried again with the same request_id, so
  // nothing happens twice; events are handed over once.
  absl::Status Send(const std::string& text, const OnEvent& on_event);
  // All events after `sequence` that are committed now or until `stop` is true.
  absl::Status Follow(int64_t after_sequence, const OnEvent& on_event,
                      const std::function<bool()>& stop);

  absl::StatusOr<v1::Passage> Passage(const std::string& hash);
  absl::Status Rate(int rating, const std::string& comment);
  absl::Status Consent(const std::string& purpose, bool granted, const std::string& text_version);
  absl::Status End();

  const v1::Conversation& conversation() const { return conversation_; }
  const std::string& token() const { return token_; }
  int64_t last_sequence() const { return last_sequence_; }

 private:
  explicit ChatClient(std::shared_ptr<grpc::Channel> channel);
  void Authorize(grpc::ClientContext& context) const;

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ChatService::Stub> stub_;
  v1::Conversation conversation_;
  std::string token_;
  std::atomic<int64_t> last_sequence_ = 0;
};

}  // namespace frontdesk::client
