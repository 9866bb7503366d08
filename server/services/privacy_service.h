// PrivacyService: a person's rights. Contract: protos/frontdesk/v1/privacy.proto.
#pragma once

#include <frontdesk/v1/privacy.grpc.pb.h>

#include "server/assistant/versions.h"
#include "server/services/handler.h"
#include "storage/store.h"

namespace frontdesk::server {

class PrivacyService final : public v1::PrivacyService::CallbackService {
 public:
  // All borrowed. The active version's tools reach the business's systems.
  PrivacyService(RpcParts& rpc, storage::Store& store, const Versions& versions)
      : rpc_(rpc), store_(store), versions_(versions) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  grpc::ServerWriteReactor<v1::ExportCustomerResponse>* ExportCustomer(
      Context*, const v1::ExportCustomerRequest*) override;
  Unary* EraseCustomer(Context*, const v1::EraseCustomerRequest*,
                       v1::EraseCustomerResponse*) override;
  Unary* ListConsents(Context*, const v1::ListConsentsRequest*, v1::ListConsentsResponse*) override;

 private:
  // The registry of the active version; null before one is active. `held` keeps it alive.
  tools::Registry* Registry(std::shared_ptr<const Assistant>& held) const;
  RpcParts& rpc_;
  storage::Store& store_;
  const Versions& versions_;
};

}  // namespace frontdesk::server
