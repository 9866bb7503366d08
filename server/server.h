// The server process as one object: everything that runs, wired once.
//
// Start() opens store and models, loads the bundle, and serves; Drain() stops it
// gracefully. main.cc and the in-process tests make it; nothing else does.
//
//   absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options, progress);
//   wait for SIGTERM;
//   (*server)->Drain();
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "llm/model.h"
#include "server/server_options.h"

namespace frontdesk::server {

// "training intents", 120, 1500.
using StartProgress = std::function<void(std::string_view stage, int64_t done, int64_t total)>;

class Server {
 public:
  // Errors: those of the bundle, the store, the models; UNAVAILABLE (the port is taken);
  // INVALID_ARGUMENT (plain text beyond loopback, unreadable certificate). Nothing keeps
  // running after an error.
  // decoder: takes the place of the file that options.decoder names; null: the file.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, StartProgress progress,
      std::unique_ptr<llm::Model> decoder = nullptr);
  ~Server();

  // Port that gRPC listens on; another than asked for when that was 0.
  int port() const;

  // Port of the built-in gateway; 0 when there is none.
  int web_port() const;

  // Refuses new work, lets running turns finish up to options.drain_seconds, ends the
  // streams with UNAVAILABLE and stops. Turns that do not finish resume at the next start.
  void Drain();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace frontdesk::server
