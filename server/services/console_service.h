// AgentConsoleService: the human agent's calls. Contracts: protos/frontdesk/v1/console.proto.
#pragma once

#include <frontdesk/v1/console.grpc.pb.h>

#include <memory>
#include <string_view>
#include <utility>

#include "absl/time/clock.h"
#include "server/assistant/versions.h"
#include "server/delivery/event_feed.h"
#include "server/delivery/queue_board.h"
#include "server/presence.h"
#include "server/services/handler.h"
#include "server/services/past_replies.h"
#include "server/turns/conversations.h"

namespace frontdesk::server {

// The most events a console reads of one conversation.
inline constexpr int kTranscriptEvents = 10'000;

// Borrowed; outlives the service.
struct ConsoleParts {
  RpcParts& rpc;
  Conversations& conversations;
  storage::Store& store;
  CommitHub& hub;
  QueueBoard& board;
  const retrieval::KnowledgeBase& knowledge;
  Presence& presence;
  Versions& versions;
  PastReplies& past;
};

class ConsoleService final : public v1::AgentConsoleService::CallbackService {
 public:
  explicit ConsoleService(ConsoleParts parts);

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  Unary* SetPresence(Context*, const v1::SetPresenceRequest*, v1::SetPresenceResponse*) override;
  grpc::ServerWriteReactor<v1::WatchQueueResponse>* WatchQueue(
      Context*, const v1::WatchQueueRequest*) override;
  Unary* Claim(Context*, const v1::ClaimRequest*, v1::ClaimResponse*) override;
  Unary* Reply(Context*, const v1::ReplyRequest*, v1::ReplyResponse*) override;
  Unary* Whisper(Context*, const v1::WhisperRequest*, v1::WhisperResponse*) override;
  Unary* SuggestReplies(Context*, const v1::SuggestRepliesRequest*,
                        v1::SuggestRepliesResponse*) override;
  Unary* RevealValue(Context*, const v1::RevealValueRequest*, v1::RevealValueResponse*) override;
  Unary* ListTools(Context*, const v1::ListToolsRequest*, v1::ListToolsResponse*) override;
  Unary* ListCannedReplies(Context*, const v1::ListCannedRepliesRequest*,
                           v1::ListCannedRepliesResponse*) override;
  Unary* RunTool(Context*, const v1::RunToolRequest*, v1::RunToolResponse*) override;
  Unary* GetCustomer(Context*, const v1::GetCustomerRequest*, v1::GetCustomerResponse*) override;
  Unary* AddTag(Context*, const v1::AddTagRequest*, v1::AddTagResponse*) override;
  Unary* ReturnToAssistant(Context*, const v1::ReturnToAssistantRequest*,
                           v1::ReturnToAssistantResponse*) override;
  Unary* Resolve(Context*, const v1::ResolveRequest*, v1::ResolveResponse*) override;
  grpc::ServerWriteReactor<v1::WatchTranscriptResponse>* WatchTranscript(
      Context*, const v1::WatchTranscriptRequest*) override;
  Unary* GetTranscript(Context*, const v1::GetTranscriptRequest*,
                       v1::GetTranscriptResponse*) override;
  Unary* Transfer(Context*, const v1::TransferRequest*, v1::TransferResponse*) override;

 private:
  // Handle, and the call counts as a sign of life of the agent.
  template <class Body>
  Unary* Run(Context* context, std::string_view method, Body body) {
    return Handle(parts_.rpc, context, method,
                  [this, body = std::move(body)](const Principal& caller) {
                    parts_.presence.Touch(caller.user, absl::Now());
                    return absl::Status(body(caller));
                  });
  }
  absl::Status Present(const Principal& caller, const v1::SetPresenceRequest& request,
                       v1::SetPresenceResponse& response);
  // The bundle version's assistant of a conversation. Errors: NOT_FOUND.
  absl::StatusOr<std::shared_ptr<const Assistant>> AssistantFor(
      const storage::ConversationId& id) const;
  absl::Status Customer(const Principal& caller, const v1::GetCustomerRequest& request,
                        v1::GetCustomerResponse& response);
  absl::Status Tools(const Principal& caller, const v1::ListToolsRequest& request,
                     v1::ListToolsResponse& response);
  absl::Status Canned(const Principal& caller, const v1::ListCannedRepliesRequest& request,
                      v1::ListCannedRepliesResponse& response);
  absl::Status Suggest(const v1::SuggestRepliesRequest& request,
                       v1::SuggestRepliesResponse& response);
  absl::Status Reveal(const Principal& caller, const v1::RevealValueRequest& request,
                      v1::RevealValueResponse& response);
  absl::Status Transcript(const v1::GetTranscriptRequest& request,
                          v1::GetTranscriptResponse& response);

  ConsoleParts parts_;
  const AgentNames names_;
};

// JSON as a Struct; nothing when it is no object.
void ToStruct(const nlohmann::json& json, google::protobuf::Struct& out);

}  // namespace frontdesk::server
