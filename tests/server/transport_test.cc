// TLS, client certificates, page origins and identity tokens over the wire.
#include "server/transport.h"

#include <grpcpp/security/credentials.h>
#include <frontdesk/v1/knowledge.grpc.pb.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/auth/private_file.h"
#include "tests/server/demo_server.h"
#include "tests/server/signing.h"
#include "tools/verification.h"

namespace frontdesk::server {
namespace {

using std::chrono::milliseconds;

struct Authority {
  Certificate root = MakeCertificate("our root", nullptr);
  Certificate server = MakeCertificate("localhost", &root);
  Certificate service = MakeCertificate("crm-sync", &root);
  Certificate foreign_root = MakeCertificate("another root", nullptr);
  Certificate foreign = MakeCertificate("crm-sync", &foreign_root);
};

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::shared_ptr<grpc::Channel> Secure(const DemoServer& demo, const Authority& a,
                                      const Certificate* shown) {
  grpc::SslCredentialsOptions options{.pem_root_certs = a.root.pem};
  if (shown != nullptr) {
    options.pem_cert_chain = shown->pem;
    options.pem_private_key = shown->key_pem;
  }
  // Its own channel for each set of credentials: gRPC shares connections otherwise.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(demo.address().address, grpc::SslCredentials(options), arguments);
}

grpc::StatusCode List(const std::shared_ptr<grpc::Channel>& channel, const std::string& token = "") {
  return CallRaw(channel, "/frontdesk.v1.KnowledgeService/ListDocuments", "", token, milliseconds(3000)).error_code();
}

TEST(Transport, TlsAndClientCertificatesByFiles) {
  const Authority a;
  const DemoServer demo("tls", [&a](ServerOptions& options) {
    options.tls_certificate = options.data + "/server.pem";
    options.tls_key = options.data + "/server-key.pem";
    options.tls_client_ca = options.data + "/clients.pem";
    options.admin_reflection = true;
    Write(options.tls_certificate, a.server.pem);
    Write(options.tls_key, a.server.key_pem);
    Write(options.tls_client_ca, a.root.pem);
  });
  const auto plain = grpc::CreateChannel(demo.address().address, grpc::InsecureChannelCredentials());
  EXPECT_EQ(List(plain), grpc::StatusCode::UNAVAILABLE) << "plain text to a TLS port";

  const auto without = Secure(demo, a, nullptr);
  EXPECT_EQ(List(without), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(List(without, demo.Token("root", CallerRole::kAdmin)), grpc::StatusCode::OK);

  const auto service = Secure(demo, a, &a.service);
  EXPECT_EQ(List(service), grpc::StatusCode::OK);
  EXPECT_EQ(CallRaw(service, "/frontdesk.v1.PrivacyService/EraseCustomer", "", "", milliseconds(3000)).error_code(),
            grpc::StatusCode::PERMISSION_DENIED)
      << "a service is no admin";
  EXPECT_EQ(List(Secure(demo, a, &a.foreign)), grpc::StatusCode::UNAVAILABLE) << "a certificate of another authority";

  // Reflection shows the inside: admins only, now that the port may be reached from elsewhere.
  const std::string reflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  EXPECT_EQ(CallRaw(without, reflection, "", "", milliseconds(3000)).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(CallRaw(without, reflection, "", demo.Token("maya", CallerRole::kAgent), milliseconds(3000)).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_NE(CallRaw(without, reflection, "", demo.Token("root", CallerRole::kAdmin), milliseconds(3000)).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST(Transport, WrongFilesAreNamedBeforeAnythingListens) {
  const std::string folder = testing::TempDir();
  Write(folder + "/garbage.pem", "not a certificate");
  const auto refuse = [](const ServerOptions& options, const char* text) {
    const auto credentials = ListenCredentials(options, [](std::string_view) { return false; });
    ASSERT_FALSE(credentials.ok()) << text;
    EXPECT_EQ(credentials.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(std::string(credentials.status().message()).find(text), std::string::npos) << credentials.status();
  };
  ServerOptions options;
  options.listen = "0.0.0.0:7600";
  refuse(options, "beyond this machine");
  options.listen = "[::]:7600";
  refuse(options, "beyond this machine");
  options.tls_certificate = folder + "/garbage.pem";
  refuse(options, "go together");
  options.tls_key = folder + "/none.pem";
  refuse(options, "not in PEM form");
  ServerOptions client_ca;
  client_ca.tls_client_ca = folder + "/garbage.pem";
  refuse(client_ca, "--tls-client-ca needs");
}

TEST(Transport, APageOfAnotherOriginMayNotCall) {
  const DemoServer demo("origins");
  const auto stub = v1::ChatService::NewStub(demo.Channel());
  const auto call = [&](const char* origin) {
    grpc::ClientContext context;
    if (origin != nullptr) context.AddMetadata("origin", origin);
    v1::CreateConversationRequest request;
    request.set_request_id(client::NewRequestId());
    v1::CreateConversationResponse response;
    return stub->CreateConversation(&context, request, &response).error_code();
  };
  EXPECT_EQ(call(nullptr), grpc::StatusCode::OK) << "no browser";
  EXPECT_EQ(call("http://localhost:8081"), grpc::StatusCode::OK);
  EXPECT_EQ(call("https://evil.example"), grpc::StatusCode::PERMISSION_DENIED);
}

TEST(Transport, AnIdentityTokenSignsTheCustomerInOnce) {
  const DemoServer demo("identity");
  const auto key = ReadPrivateFile(demo.data() + "/identity.key");
  ASSERT_TRUE(key.ok()) << key.status();
  const auto token = [&](const std::string& audience, absl::Duration life, const std::string& nonce) {
    return tools::SignIdentityToken(
        {.customer_id = "C00001", .audience = audience, .nonce = nonce, .expiry = absl::Now() + life}, *key);
  };
  const auto start = [&](const std::string& identity) {
    auto chat = client::ChatClient::Connect(demo.address());
    return (*chat)->Start("", identity).code();
  };
  const std::string good = token("frontdesk", absl::Minutes(5), "0123456789abcdef");
  EXPECT_EQ(start(good), absl::StatusCode::kOk);
  EXPECT_EQ(start(good), absl::StatusCode::kUnauthenticated) << "a nonce counts once";
  EXPECT_EQ(start(token("another", absl::Minutes(5), "0123456789abcdee")), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(start(token("frontdesk", -absl::Minutes(1), "0123456789abcded")), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(start(token("frontdesk", absl::Hours(5), "0123456789abcdec")), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(start("fd1.x"), absl::StatusCode::kUnauthenticated);
}

TEST(Transport, TheRateLimitCountsPerPrincipal) {
  const DemoServer demo("rates", [](ServerOptions& options) {
    options.rate_burst = 5;
    options.rate_per_second = 0.01;
  });
  const auto channel = demo.Channel();
  const std::string maya = demo.Token("maya", CallerRole::kAdmin), noor = demo.Token("noor", CallerRole::kAdmin);
  int refused = 0;
  for (int i = 0; i < 8; ++i) refused += List(channel, maya) == grpc::StatusCode::RESOURCE_EXHAUSTED ? 1 : 0;
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(List(channel, noor), grpc::StatusCode::OK) << "another principal has a bucket of its own";
}

}  // namespace
}  // namespace frontdesk::server
