// The services of administrators and auditors: documents, versions, audit.
// Contracts: protos/frontdesk/v1/*.proto. What is not there yet
// answers UNIMPLEMENTED and says what to use instead.
#pragma once

#include <frontdesk/v1/audit.grpc.pb.h>
#include <frontdesk/v1/bundle.grpc.pb.h>
#include <frontdesk/v1/knowledge.grpc.pb.h>

#include "server/assistant/documents.h"
#include "server/assistant/versions.h"
#include "server/canary/canary.h"
#include "server/insight/outcome_book.h"
#include "server/shadow/shadow.h"
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

// Borrowed; outlives the service.
struct BundleParts {
  RpcParts& rpc;
  Versions& versions;
  const storage::Store& store;
  Canary& canary;
  Shadow& shadow;
  OutcomeBook& outcomes;
};

class BundleService final : public v1::BundleService::CallbackService {
 public:
  explicit BundleService(BundleParts parts) : parts_(parts) {}
  Unary* ListBundles(Context*, const v1::ListBundlesRequest*, v1::ListBundlesResponse*) override;
  Unary* CheckBundle(Context*, const v1::CheckBundleRequest*, v1::CheckBundleResponse*) override;
  Unary* UploadBundle(Context*, const v1::UploadBundleRequest*, v1::UploadBundleResponse*) override;
  Unary* ActivateBundle(Context*, const v1::ActivateBundleRequest*,
                        v1::ActivateBundleResponse*) override;
  Unary* ShadowBundle(Context*, const v1::ShadowBundleRequest*, v1::ShadowBundleResponse*) override;
  Unary* CanaryBundle(Context*, const v1::CanaryBundleRequest*, v1::CanaryBundleResponse*) override;
  Unary* RollbackBundle(Context*, const v1::RollbackBundleRequest*,
                        v1::RollbackBundleResponse*) override;
  Unary* GetShadowReport(Context*, const v1::GetShadowReportRequest*,
                         v1::GetShadowReportResponse*) override;
  Unary* GetCanary(Context*, const v1::GetCanaryRequest*, v1::GetCanaryResponse*) override;
  Unary* CompareBundles(Context*, const v1::CompareBundlesRequest*,
                        v1::CompareBundlesResponse*) override;

 private:
  std::string StateOf(const storage::BundleVersion& version) const;
  v1::Bundle ToWire(const Assistant& assistant) const;
  const BundleParts parts_;
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

}  // namespace frontdesk::server
