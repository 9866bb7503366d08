#include "server/auth/client_address.h"

namespace frontdesk::server {

std::string ClientAddress(const grpc::CallbackServerContext& context) {
  const std::string peer = context.peer();
  // Peers on a network have a scheme ("ipv4:…"); calls inside the process have none.
  if (peer.find(':') == std::string::npos) {
    const auto relayed = context.client_metadata().find(kRelayedAddress);
    if (relayed == context.client_metadata().end()) return "inproc";
    return std::string(relayed->second.data(), relayed->second.size());
  }
  const size_t colon = peer.rfind(':');
  return colon == std::string::npos ? peer : peer.substr(0, colon);
}

}  // namespace frontdesk::server
