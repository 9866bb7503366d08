// A server that cannot start says why, with the place and the remedy, and leaves what is there
// as it was: once the fault is gone it starts, with everything it had.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/server/demo_server.h"
#include "tests/storage/temp_store.h"

namespace frontdesk::server {
namespace {

struct Fault {
  const char* name;
  std::function<void(ServerOptions&)> make;
  absl::StatusCode code;
  std::vector<std::string> says;
};

TEST(BadStart, EachFaultIsNamedAndNothingIsLost) {
  DemoServer demo("bad-start", [](ServerOptions& options) { options.cache = FRONTDESK_BINARY_DIR "/demo-server-cache"; });
  const auto chat = demo.Chat();
  ASSERT_TRUE(chat->Send("hello", [](const v1::ConversationEvent&) {}).ok());
  const v1::Conversation conversation = chat->conversation();
  const std::string token = chat->token();
  demo.Stop();

  const std::string data = demo.data(), spare = data + "-spare";
  std::filesystem::remove_all(spare);
  std::filesystem::copy(data, spare, std::filesystem::copy_options::recursive);
  const auto write = [](const std::string& path, const std::string& bytes) { storage::WriteFile(path, bytes); };
  const Fault faults[] = {
      {"no database", [&](ServerOptions&) { write(data + "/frontdesk.db", std::string(5000, 'x')); },
       absl::StatusCode::kDataLoss, {"frontdesk.db", "restore"}},
      {"another keystore", [&](ServerOptions&) { std::filesystem::remove(data + "/keystore.db"); },
       absl::StatusCode::kNotFound, {"keystore.db", "put"}},
      {"no key file", [&](ServerOptions&) { std::filesystem::remove(data + "/master.key"); },
       absl::StatusCode::kNotFound, {"master.key"}},
      {"a key file for all to read", [&](ServerOptions&) { std::filesystem::permissions(data + "/master.key", std::filesystem::perms(0644)); },
       absl::StatusCode::kPermissionDenied, {"master.key", "chmod 600"}},
      {"a token key for all to read", [&](ServerOptions&) { std::filesystem::permissions(data + "/user-tokens.key", std::filesystem::perms(0644)); },
       absl::StatusCode::kPermissionDenied, {"user-tokens.key", "chmod 600"}},
      {"a short identity key", [&](ServerOptions&) { write(data + "/identity.key", "short"); },
       absl::StatusCode::kInvalidArgument, {"identity.key", "32 bytes"}},
      {"a model file that is none", [&](ServerOptions& o) { o.decoder = data + "/letter.gguf"; write(o.decoder, "a letter"); },
       absl::StatusCode::kInvalidArgument, {"letter.gguf"}},
      {"a model file cut off", [&](ServerOptions& o) { o.decoder = data + "/cut.gguf"; write(o.decoder, std::string("GGUF\3\0\0\0\xff\xff", 10)); },
       absl::StatusCode::kInvalidArgument, {"cut.gguf"}},
      {"no bundle", [&](ServerOptions& o) { o.bundle = data + "/nowhere"; }, absl::StatusCode::kNotFound, {"nowhere", "--bundle"}},
      {"a bundle with faults", [&](ServerOptions& o) {
         o.bundle = data + "/bundle";
         std::filesystem::create_directories(o.bundle);
         write(o.bundle + "/assistant.yaml", "name: X\nbusiness: Y\ncolour: red\n");
       }, absl::StatusCode::kInvalidArgument, {"assistant.yaml:3", "colour"}},
      {"an identity provider without keys", [&](ServerOptions& o) { o.oidc_jwks = data + "/none.jwks"; o.oidc_issuer = "i"; o.oidc_audience = "a"; },
       absl::StatusCode::kNotFound, {"none.jwks"}},
      {"half of TLS", [&](ServerOptions& o) { o.tls_key = "key.pem"; }, absl::StatusCode::kInvalidArgument, {"--tls-certificate"}},
  };
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.name);
    std::filesystem::remove_all(data);
    std::filesystem::copy(spare, data, std::filesystem::copy_options::recursive);
    ServerOptions options = demo.options();
    fault.make(options);
    const auto server = Server::Start(options, nullptr);
    ASSERT_FALSE(server.ok());
    EXPECT_EQ(server.status().code(), fault.code) << server.status();
    for (const std::string& part : fault.says) {
      EXPECT_TRUE(absl::StrContains(server.status().message(), part)) << server.status();
    }
  }
  std::filesystem::remove_all(data);
  std::filesystem::copy(spare, data, std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(spare);
  demo.StartAgain();
  auto again = client::ChatClient::Connect(demo.address());
  (*again)->Resume(conversation, token);
  int seen = 0;
  EXPECT_TRUE((*again)->Send("hello again", [&seen](const v1::ConversationEvent&) { ++seen; }).ok());
  EXPECT_GT(seen, 1);
}

}  // namespace
}  // namespace frontdesk::server
