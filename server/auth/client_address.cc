#include "server/auth/client_address.h"

namespace frontdesk::server {

std::string ClientPeer(const grpc::CallbackServerContext& context) {
  const std::string peer = context.peer();
  // Peers on a network have a scheme ("ipv4:…"); calls inside the process have none.
  if (peer.find(':') != std::string::npos) return peer;
  const auto relayed = context.client_metadata().find(kRelayedAddress);
  if (relayed == context.client_metadata().end()) return "inproc:0";
  return std::string(relayed->second.data(), relayed->second.size()) + ":0";
}

}  // namespace frontdesk::server
