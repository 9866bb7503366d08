// AgentConsoleService: the human agent's calls. Contracts: protos/frontdesk/v1/console.proto.
#pragma once

#include <frontdesk/v1/console.grpc.pb.h>

#include "server/delivery/commit_hub.h"
#include "server/delivery/event_feed.h"
#include "server/presence.h"
#include "server/services/handler.h"
#include "server/turns/conversations.h"

namespace frontdesk::server {

// Borrowed; outlives the service.
struct ConsoleParts {
  RpcParts& rpc;
  Conversations& conversations;
  storage::Store& store;
  CommitHub& hub;
  const retrieval::KnowledgeBase& knowledge;
  Presence& presence;
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
  Unary* RunTool(Context*, const v1::RunToolRequest*, v1::RunToolResponse*) override;
  Unary* GetCustomer(Context*, const v1::GetCustomerRequest*, v1::GetCustomerResponse*) override;
  Unary* AddTag(Context*, const v1::AddTagRequest*, v1::AddTagResponse*) override;
  Unary* ReturnToAssistant(Context*, const v1::ReturnToAssistantRequest*,
                           v1::ReturnToAssistantResponse*) override;
  Unary* Resolve(Context*, const v1::ResolveRequest*, v1::ResolveResponse*) override;
  Unary* GetTranscript(Context*, const v1::GetTranscriptRequest*,
                       v1::GetTranscriptResponse*) override;
  Unary* Transfer(Context*, const v1::TransferRequest*, v1::TransferResponse*) override;

 private:
  // Handle, and the call counts as a sign of life of the agent.
  template <class Body>
  Unary* Run(Context* context, std::string_view method, Body body);
  absl::Status Suggest(const v1::SuggestRepliesRequest& request,
                       v1::SuggestRepliesResponse& response);
  absl::Status Reveal(const Principal& caller, const v1::RevealValueRequest& request,
                      v1::RevealValueResponse& response);
  absl::Status Transcript(const v1::GetTranscriptRequest& request,
                          v1::GetTranscriptResponse& response);

  ConsoleParts parts_;
  const AgentNames names_;
};

}  // namespace frontdesk::server
