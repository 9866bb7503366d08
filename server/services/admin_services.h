// The services of administrators and auditors: documents, versions, audit,
// insight, replay. Contracts: protos/frontdesk/v1/*.proto. What is not there yet
// answers UNIMPLEMENTED and says what to use instead.
#pragma once

#include <frontdesk/v1/audit.grpc.pb.h>
#include <frontdesk/v1/bundle.grpc.pb.h>
#include <frontdesk/v1/insight.grpc.pb.h>
#include <frontdesk/v1/knowledge.grpc.pb.h>
#include <frontdesk/v1/replay.grpc.pb.h>

#include "server/assistant/documents.h"
#include "server/assistant/versions.h"
#include "server/services/handler.h"
#include "storage/store.h"

namespace frontdesk::server {

using Context = grpc::CallbackServerContext;
using Unary = grpc::ServerUnaryReactor;

class KnowledgeService final : public v1::KnowledgeService::CallbackService {
 public:
  KnowledgeService(RpcParts& rpc, Documents& documents) : rpc_(rpc), documents_(documents) {}
  Unary* UpsertDocument(Context*, const v1::UpsertDocumentRequest*,
                        v1::UpsertDocumentResponse*) override;
  Unary* DeleteDocument(Context*, const v1::DeleteDocumentRequest*,
                        v1::DeleteDocumentResponse*) override;
  Unary* ListDocuments(Context*, const v1::ListDocumentsRequest*,
                       v1::ListDocumentsResponse*) override;
  Unary* Search(Context*, const v1::SearchRequest*, v1::SearchResponse*) override;

 private:
  RpcParts& rpc_;
  Documents& documents_;
};

class BundleService final : public v1::BundleService::CallbackService {
 public:
  BundleService(RpcParts& rpc, Versions& versions, const storage::Store& store)
      : rpc_(rpc), versions_(versions), store_(store) {}
  Unary* ListBundles(Context*, const v1::ListBundlesRequest*, v1::ListBundlesResponse*) override;
  Unary* CheckBundle(Context*, const v1::CheckBundleRequest*, v1::CheckBundleResponse*) override;
  Unary* UploadBundle(Context*, const v1::UploadBundleRequest*, v1::UploadBundleResponse*) override;
  Unary* ActivateBundle(Context*, const v1::ActivateBundleRequest*,
                        v1::ActivateBundleResponse*) override;
  Unary* ShadowBundle(Context*, const v1::ShadowBundleRequest*, v1::ShadowBundleResponse*) override;
  Unary* CanaryBundle(Context*, const v1::CanaryBundleRequest*, v1::CanaryBundleResponse*) override;
  Unary* RollbackBundle(Context*, const v1::RollbackBundleRequest*,
                        v1::RollbackBundleResponse*) override;

 private:
  v1::Bundle ToWire(const Assistant& assistant) const;
  RpcParts& rpc_;
  Versions& versions_;
  const storage::Store& store_;
};

class AuditService final : public v1::AuditService::CallbackService {
 public:
  AuditService(RpcParts& rpc, const storage::Store& store) : rpc_(rpc), store_(store) {}
  Unary* ListEvents(Context*, const v1::ListEventsRequest*, v1::ListEventsResponse*) override;
  Unary* VerifyChain(Context*, const v1::VerifyChainRequest*, v1::VerifyChainResponse*) override;
  Unary* ExplainTurn(Context*, const v1::ExplainTurnRequest*, v1::ExplainTurnResponse*) override;

 private:
  RpcParts& rpc_;
  const storage::Store& store_;
};

class InsightService final : public v1::InsightService::CallbackService {
 public:
  InsightService(RpcParts& rpc, const storage::Store& store) : rpc_(rpc), store_(store) {}
  Unary* GetOutcomes(Context*, const v1::GetOutcomesRequest*, v1::GetOutcomesResponse*) override;
  Unary* ListConversations(Context*, const v1::ListConversationsRequest*,
                           v1::ListConversationsResponse*) override;

 private:
  RpcParts& rpc_;
  const storage::Store& store_;
};

class ReplayService final : public v1::ReplayService::CallbackService {
 public:
  explicit ReplayService(RpcParts& rpc) : rpc_(rpc) {}
  grpc::ServerWriteReactor<v1::ReplayResponse>* Replay(Context*, const v1::ReplayRequest*) override;

 private:
  RpcParts& rpc_;
};

}  // namespace frontdesk::server
