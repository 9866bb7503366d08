// The built-in gateway: gRPC-Web for browsers, and the files of the widget and the console.
//
// Relays the bytes of calls to the server in this process (clients/web/envoy does the
// same for production). Each open stream takes a thread, so streams are capped; between
// events a message without content goes out every few seconds, which keeps proxies
// awake and notices clients that vanished. A page of another origin than the gateway's
// own may call only when its origin is allowed. Plain HTTP on loopback only: TLS is the
// business of what stands in front.
//
//   auto gateway = WebGateway::Start(options, grpc_server.InProcessChannel({}), metrics);
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/metrics.h"

namespace frontdesk::server {

struct WebGatewayOptions {
  std::string listen;                // "127.0.0.1:7602"; port 0: any
  std::string root;                  // folder of static files; empty: none
  std::vector<std::string> origins;  // "https://shop.example"; others than its own that may call
  int max_streams = 64;
  absl::Duration heartbeat = absl::Seconds(15);
  bool trust_forwarded = false;  // X-Forwarded-For of the proxy in front names the client
};

class WebGateway {
 public:
  // Errors: INVALID_ARGUMENT (not host:port, beyond loopback, no such folder), UNAVAILABLE (the
  // port is taken). metrics: borrowed.
  static absl::StatusOr<std::unique_ptr<WebGateway>> Start(const WebGatewayOptions& options,
                                                           std::shared_ptr<grpc::Channel> channel,
                                                           Metrics& metrics);
  // Ends the open streams and stops.
  ~WebGateway();

  int port() const;

 private:
  struct Http;
  explicit WebGateway(std::unique_ptr<Http> http);
  std::unique_ptr<Http> http_;
};

}  // namespace frontdesk::server
