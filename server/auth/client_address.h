// Where a call came from: what rate limits and the count of verification tries go by.
#pragma once

#include <grpcpp/server_context.h>

#include <string>

namespace frontdesk::server {

// Metadata in which the built-in gateway names the browser it relays for. Believed only
// of calls from inside this process, which nobody outside can make.
inline constexpr char kRelayedAddress[] = "x-frontdesk-relayed-address";

// As gRPC names it, with a port ("ipv4:127.0.0.1:4000"); of a relayed browser the address
// that the gateway saw, with port 0 ("web:127.0.0.1:0").
std::string ClientPeer(const grpc::CallbackServerContext& context);

}  // namespace frontdesk::server
