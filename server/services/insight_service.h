// InsightService: outcome figures and the conversations behind them.
// Contract: protos/frontdesk/v1/insight.proto; figures: server/insight/outcomes.h.
#pragma once

#include <frontdesk/v1/insight.grpc.pb.h>

#include "server/insight/outcome_book.h"
#include "server/services/handler.h"

namespace frontdesk::server {

class InsightService final : public v1::InsightService::CallbackService {
 public:
  InsightService(RpcParts& rpc, OutcomeBook& book) : rpc_(rpc), book_(book) {}
  grpc::ServerUnaryReactor* GetOutcomes(grpc::CallbackServerContext*, const v1::GetOutcomesRequest*,
                                        v1::GetOutcomesResponse*) override;
  grpc::ServerUnaryReactor* ListConversations(grpc::CallbackServerContext*,
                                              const v1::ListConversationsRequest*,
                                              v1::ListConversationsResponse*) override;

 private:
  RpcParts& rpc_;
  OutcomeBook& book_;
};

}  // namespace frontdesk::server
