// How gRPC listens: plain text on loopback only, TLS by files, client certificates for services.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/server_options.h"

namespace frontdesk::server {

// "127.0.0.1:7600", "localhost:…", "[::1]:…".
bool IsLoopback(std::string_view listen);

// Credentials for options.listen. With options.tls_client_ca a client may show a certificate of
// that authority (one that does not verify ends the handshake); it is then a service.
// may_inspect: asked, with the authorization metadata, whether a caller may use reflection and
// channelz; only with TLS, as plain text is for this machine.
// Errors: INVALID_ARGUMENT (plain text beyond loopback; one of two files; a file that cannot be
// read or holds no PEM), each with the remedy.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ListenCredentials(
    const ServerOptions& options, std::function<bool(std::string_view authorization)> may_inspect);

}  // namespace frontdesk::server
