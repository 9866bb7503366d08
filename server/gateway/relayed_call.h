// One gRPC call made on behalf of a browser: bytes in, bytes out, nothing parsed.
//
// One thread. Destroying it cancels what is still running.
//
//   RelayedCall call(stub, "/frontdesk.v1.ChatService/Subscribe", request, metadata, deadline);
//   std::string message;
//   while (call.Wait(absl::Seconds(1), message) != RelayedCall::Came::kEnd) { … }
//   grpc::Status status = call.status();
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace frontdesk::server {

class RelayedCall {
 public:
  RelayedCall(grpc::GenericStub& stub, const std::string& method, const std::string& request,
              const std::map<std::string, std::string>& metadata, absl::Time deadline);
  ~RelayedCall();
  RelayedCall(const RelayedCall&) = delete;
  RelayedCall& operator=(const RelayedCall&) = delete;

  enum class Came { kMessage, kNothing, kEnd };
  // The next message, or nothing within `wait`, or the end; after the end, kEnd again.
  Came Wait(absl::Duration wait, std::string& message);
  // After kEnd.
  const grpc::Status& status() const { return status_; }

 private:
  void End();

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  grpc::ByteBuffer incoming_;
  grpc::Status status_;
  bool reading_ = false, ended_ = false;
};

}  // namespace frontdesk::server
