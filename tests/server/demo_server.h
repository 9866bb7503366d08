// A server on port zero with the demo bundle (humans always on duty) and a folder of its own, for tests that look at
// the server from outside and at its files from below.
//
// Without model files by default: intents come from words, answers from extracts, a start
// takes seconds. The trained artefacts are kept under the build folder.
//
//   DemoServer demo("leaks");
//   auto chat = demo.Chat();
//   demo.Stop();                        // the files are whole now
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "clients/cpp/chat_client.h"
#include "clients/cpp/console_client.h"
#include "server/auth/principal.h"
#include "server/server.h"

namespace frontdesk::server {

class DemoServer {
 public:
  // name: of the folder, unique within a test binary. Aborts when the server does not start.
  explicit DemoServer(const std::string& name);
  // The same with changes: data, bundle, cache and listen are filled in before.
  DemoServer(const std::string& name, const std::function<void(ServerOptions&)>& change,
             std::unique_ptr<llm::Model> decoder = nullptr);
  ~DemoServer();

  const std::string& data() const { return options_.data; }
  const ServerOptions& options() const { return options_; }
  client::ServerAddress address() const;
  std::shared_ptr<grpc::Channel> Channel() const;

  std::unique_ptr<client::ChatClient> Chat(const std::string& identity_token = "") const;
  std::unique_ptr<client::ConsoleClient> Console(const std::string& user) const;
  std::string Token(const std::string& user, CallerRole role) const;

  // Drains and closes; the folder stays until the object goes.
  void Stop();
  void StartAgain();

 private:
  void Start(std::unique_ptr<llm::Model> decoder);
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

// One call of any method with the bytes of one request, whatever its kind of streaming.
// method: "/frontdesk.v1.ChatService/SendMessage". token: empty for none.
grpc::Status CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                     const std::string& request, const std::string& token,
                     std::chrono::milliseconds deadline);

}  // namespace frontdesk::server
