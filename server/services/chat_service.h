// ChatService: the customer's calls. Contracts: protos/frontdesk/v1/chat.proto.
#pragma once

#include <frontdesk/v1/chat.grpc.pb.h>

#include <atomic>
#include <memory>
#include <optional>

#include "server/assistant/versions.h"
#include "server/delivery/commit_hub.h"
#include "server/delivery/event_feed.h"
#include "server/services/handler.h"
#include "server/turns/conversations.h"
#include "tools/verification.h"

namespace frontdesk::server {

struct ChatLimits {
  int max_streams = 4000;  // open SendMessage, Subscribe and Converse streams
  absl::Duration token_life = absl::Hours(24);
};

// What the customer-facing calls reach. Borrowed; outlives the service.
struct ChatParts {
  RpcParts& rpc;
  Conversations& conversations;
  storage::Store& store;
  CommitHub& hub;
  const retrieval::KnowledgeBase& knowledge;
  const tools::IdentityVerifier& identity;
  AgentNames agent_names;
  Versions& versions;
};

class ChatService final : public v1::ChatService::CallbackService {
 public:
  ChatService(ChatParts parts, ChatLimits limits) : parts_(std::move(parts)), limits_(limits) {}

  grpc::ServerUnaryReactor* GetAssistant(grpc::CallbackServerContext* context,
                                         const v1::GetAssistantRequest* request,
                                         v1::GetAssistantResponse* response) override;
  grpc::ServerUnaryReactor* CreateConversation(grpc::CallbackServerContext* context,
                                               const v1::CreateConversationRequest* request,
                                               v1::CreateConversationResponse* response) override;
  grpc::ServerUnaryReactor* GetConversation(grpc::CallbackServerContext* context,
                                            const v1::GetConversationRequest* request,
                                            v1::GetConversationResponse* response) override;
  grpc::ServerWriteReactor<v1::SendMessageResponse>* SendMessage(
      grpc::CallbackServerContext* context, const v1::SendMessageRequest* request) override;
  grpc::ServerWriteReactor<v1::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* context, const v1::SubscribeRequest* request) override;
  grpc::ServerBidiReactor<v1::ConverseRequest, v1::ConverseResponse>* Converse(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* GetPassage(grpc::CallbackServerContext* context,
                                       const v1::GetPassageRequest* request,
                                       v1::GetPassageResponse* response) override;
  grpc::ServerUnaryReactor* SubmitFeedback(grpc::CallbackServerContext* context,
                                           const v1::SubmitFeedbackRequest* request,
                                           v1::SubmitFeedbackResponse* response) override;
  grpc::ServerUnaryReactor* UpdateConsent(grpc::CallbackServerContext* context,
                                          const v1::UpdateConsentRequest* request,
                                          v1::UpdateConsentResponse* response) override;
  grpc::ServerUnaryReactor* EndConversation(grpc::CallbackServerContext* context,
                                            const v1::EndConversationRequest* request,
                                            v1::EndConversationResponse* response) override;

 private:
  absl::Status Create(const Principal& caller, const v1::CreateConversationRequest& request,
                      v1::CreateConversationResponse& response);
  absl::Status Passage(const Principal& caller, const v1::GetPassageRequest& request,
                       v1::GetPassageResponse& response);
  // Queues a message for its turn. Errors: as Conversations::Send, INVALID_ARGUMENT (fields).
  absl::Status Take(const storage::ConversationId& id, const v1::SendMessageRequest& request,
                    const Principal& caller, absl::Time deadline, std::function<bool()> cancelled,
                    std::function<void(absl::Status)> done,
                    std::optional<MessageInput::Standing> standing = std::nullopt);

  ChatParts parts_;
  const ChatLimits limits_;
};

// The store's row as clients see it.
v1::Conversation ToWire(const storage::Conversation& row, const AgentNames& names);

// Assistants by bundle version, for the forms of an EventFeed.
AssistantOf AssistantsIn(Versions& versions);

void CopyPassage(const retrieval::Passage& from, v1::Passage& to);

// Errors: INVALID_ARGUMENT naming the field.
absl::Status CheckRequestId(std::string_view request_id);
// text: 1 byte to 64 KiB of UTF-8.
absl::Status CheckMessageText(std::string_view text, std::string_view field);

}  // namespace frontdesk::server
