#include "server/transport.h"

#include <grpcpp/security/auth_metadata_processor.h>

#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::server {
namespace {

absl::StatusOr<std::string> ReadPem(const std::string& path, const char* what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (file) bytes << file.rdbuf();
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, ": ", what, " cannot be read"));
  std::string pem = std::move(bytes).str();
  if (!absl::StrContains(pem, "-----BEGIN ")) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what, " is not in PEM form"));
  }
  return pem;
}

// Reflection and channelz show what is inside: beyond this machine they answer to admins only.
class InspectionGuard : public grpc::AuthMetadataProcessor {
 public:
  explicit InspectionGuard(std::function<bool(std::string_view)> may) : may_(std::move(may)) {}
  bool IsBlocking() const override { return false; }
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext*, OutputMetadata*,
                       OutputMetadata*) override {
    const auto path = metadata.find(":path");
    if (path == metadata.end()) return grpc::Status::OK;
    const absl::string_view method(path->second.data(), path->second.size());
    if (!absl::StartsWith(method, "/grpc.reflection.") && !absl::StartsWith(method, "/grpc.channelz.")) {
      return grpc::Status::OK;
    }
    const auto token = metadata.find("authorization");
    if (token != metadata.end() && may_({token->second.data(), token->second.size()})) {
      return grpc::Status::OK;
    }
    return {grpc::StatusCode::PERMISSION_DENIED, "reflection and channelz are for admins here"};
  }

 private:
  const std::function<bool(std::string_view)> may_;
};

}  // namespace

bool IsLoopback(std::string_view listen) {
  const absl::string_view text(listen.data(), listen.size());
  return absl::StartsWith(text, "127.") || absl::StartsWith(text, "localhost:") ||
         absl::StartsWith(text, "[::1]:");
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ListenCredentials(
    const ServerOptions& options, std::function<bool(std::string_view)> may_inspect) {
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return absl::InvalidArgumentError("--tls-certificate and --tls-key go together");
  }
  if (options.tls_certificate.empty()) {
    if (!options.tls_client_ca.empty()) {
      return absl::InvalidArgumentError("--tls-client-ca needs --tls-certificate and --tls-key");
    }
    if (!IsLoopback(options.listen)) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.listen,
                       " is beyond this machine and needs --tls-certificate and --tls-key; or "
                       "listen on 127.0.0.1"));
    }
    return grpc::InsecureServerCredentials();
  }
  const auto certificate = ReadPem(options.tls_certificate, "the certificate");
  if (!certificate.ok()) return certificate.status();
  const auto key = ReadPem(options.tls_key, "the private key");
  if (!key.ok()) return key.status();
  grpc::SslServerCredentialsOptions tls(
      options.tls_client_ca.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                    : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  if (!options.tls_client_ca.empty()) {
    const auto authority = ReadPem(options.tls_client_ca, "the authority of client certificates");
    if (!authority.ok()) return authority.status();
    tls.pem_root_certs = *authority;
  }
  tls.pem_key_cert_pairs.push_back({*key, *certificate});
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::SslServerCredentials(tls);
  credentials->SetAuthMetadataProcessor(std::make_shared<InspectionGuard>(std::move(may_inspect)));
  return credentials;
}

}  // namespace frontdesk::server
