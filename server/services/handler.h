// How every unary RPC is run: admit the caller, do the work on a worker, answer once.
//
// The work may block (the store commits with fsync), so it never runs on gRPC's own
// threads; when the workers are behind, the call is refused with a retry delay.
//
//   return Handle(parts, context, "ChatService/GetConversation", [=](const Principal& caller) {
//     return GetConversation(caller, *request, *response);        // absl::Status
//   });
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "server/auth/gate.h"
#include "server/grpc_status.h"
#include "server/metrics.h"
#include "server/worker_pool.h"

namespace frontdesk::server {

struct RpcParts {
  Gate& gate;
  WorkerPool& workers;
  Metrics& metrics;
};

// method: "Service/Method" of auth/permissions.h, a literal.
template <class Body>
grpc::ServerUnaryReactor* Handle(RpcParts& parts, grpc::CallbackServerContext* context,
                                 std::string_view method, Body body) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto finish = [&parts, reactor, method](const absl::Status& status) {
    parts.metrics.CountRpc(method, absl::StatusCodeToString(status.code()));
    reactor->Finish(FromAbsl(status, method));
  };
  absl::StatusOr<Principal> caller = parts.gate.Admit(*context, method);
  if (!caller.ok()) {
    finish(caller.status());
    return reactor;
  }
  const bool taken = parts.workers.Submit(
      [caller = *std::move(caller), body = std::move(body), finish] { finish(body(caller)); });
  if (!taken) {
    parts.metrics.CountRefused("queue");
    finish(Overloaded("the server has more calls waiting than it takes", absl::Seconds(1)));
  }
  return reactor;
}

// Ends a streaming call that was refused before it began.
template <class Response>
class RefusedStream : public grpc::ServerWriteReactor<Response> {
 public:
  explicit RefusedStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace frontdesk::server
