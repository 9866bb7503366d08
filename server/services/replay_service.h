// ReplayService: recorded conversations run again on the server's own store.
// Contract: protos/frontdesk/v1/replay.proto.
#pragma once

#include <frontdesk/v1/replay.grpc.pb.h>

#include <atomic>
#include <string>

#include "server/assistant/models.h"
#include "server/services/handler.h"
#include "storage/store.h"

namespace frontdesk::server {

// Borrowed; outlives the service.
struct ReplayParts {
  RpcParts& rpc;
  const storage::Store& store;
  const Models& models;
  std::string cache_folder;
  int threads = 1;  // of one replay
};

class ReplayService final : public v1::ReplayService::CallbackService {
 public:
  explicit ReplayService(ReplayParts parts) : parts_(std::move(parts)) {}
  grpc::ServerWriteReactor<v1::ReplayResponse>* Replay(grpc::CallbackServerContext*,
                                                       const v1::ReplayRequest*) override;

 private:
  const ReplayParts parts_;
  std::atomic<bool> running_ = false;  // one replay at a time: the customers come first
};

}  // namespace frontdesk::server
