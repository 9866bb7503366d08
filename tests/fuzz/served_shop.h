// A whole server in this process with the demo bundle and a store in a folder of its own, and calls
// of any method with any bytes, for fuzzing. Without model files.
//
// One at a time; not thread-safe.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/auth/principal.h"
#include "server/server.h"

namespace frontdesk::server {

class ServedShop {
 public:
  // Starts in an empty folder. Aborts with a message when it does not start.
  ServedShop();
  // Stops, verifies the chains of everything that was written and aborts when one is broken.
  ~ServedShop();

  grpc::GenericStub& stub() { return *stub_; }
  // "Bearer …" for people and services; empty for nobody and customers, who get theirs by a call.
  const std::string& Authorization(CallerRole role) const { return authorizations_[static_cast<size_t>(role)]; }

 private:
  ServerOptions options_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::array<std::string, 7> authorizations_;
};

// One call: sends one message and collects what comes. The call is under way from construction on;
// it must be awaited before it goes.
class RawCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  RawCall(grpc::GenericStub& stub, const std::string& path, const std::string& authorization,
          const std::string& request);

  // Cancels a call that goes on for longer than patience. Returns its status.
  grpc::Status Await(std::chrono::milliseconds patience);
  // The messages that came; after Await.
  const std::vector<std::string>& answers() const { return answers_; }

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  grpc::ClientContext context_;
  grpc::ByteBuffer request_, incoming_;
  std::vector<std::string> answers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  grpc::Status status_;
};

}  // namespace frontdesk::server
