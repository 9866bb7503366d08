// How every unary RPC is run: admit the caller, do the work on a worker, answer once.
//
// The work may block (the store commits with fsync), so it never runs on gRPC's own
// threads; when the workers are behind, the call is refused with a retry delay.
//
//   return Handle(parts, context, "ChatService/GetConversation", [=](const Principal& caller) {
//     return GetConversation(caller, *request, *response);        // absl::Status
//   });
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "server/audit/audit_log.h"
#include "server/auth/gate.h"
#include "server/auth/permissions.h"
#include "server/grpc_status.h"
#include "server/metrics.h"
#include "server/worker_pool.h"

namespace frontdesk::server {

struct RpcParts {
  Gate& gate;
  WorkerPool& workers;
  Metrics& metrics;
  AuditLog& audit;
  // What a request is about, for the audit log (server/audit/audit_subject.h).
  std::function<std::string(const google::protobuf::Message&)> subject;
};

// Puts an administrator's call on record before it is done; see IsAudited.
absl::Status RecordAdminCall(RpcParts& parts, const Principal& caller, std::string_view method,
                             const google::protobuf::Message* request);

// method: "Service/Method" of auth/permissions.h, a literal. request: named in the audit log for
// methods that are audited; null: the log has the method alone.
template <class Body>
grpc::ServerUnaryReactor* Handle(RpcParts& parts, grpc::CallbackServerContext* context,
                                 std::string_view method, Body body,
                                 const google::protobuf::Message* request = nullptr) {
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
      [&parts, method, request, caller = *std::move(caller), body = std::move(body), finish] {
        // First the record, then the act: what was done is always in the log.
        absl::Status status = RecordAdminCall(parts, caller, method, request);
        if (status.ok()) status = body(caller);
        finish(status);
      });
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
