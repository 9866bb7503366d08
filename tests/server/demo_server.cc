#include "tests/server/demo_server.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/auth/user_token.h"
#include "tests/server/demo_bundle.h"

namespace frontdesk::server {

DemoServer::DemoServer(const std::string& name) : DemoServer(name, [](ServerOptions&) {}) {}

DemoServer::DemoServer(const std::string& name, const std::function<void(ServerOptions&)>& change,
                       std::unique_ptr<llm::Model> decoder) {
  options_.data = testing::TempDir() + absl::StrCat("frontdesk-", name, "-", ::getpid());
  std::filesystem::remove_all(options_.data);
  std::filesystem::create_directories(options_.data);
  options_.bundle = CopyAlwaysOpenBundle(options_.data + "-bundle");
  options_.cache = FRONTDESK_BINARY_DIR "/demo-server-cache";
  options_.decoder = "none";
  options_.encoder = "none";
  options_.listen = "127.0.0.1:0";
  options_.metrics_listen = "none";
  options_.rate_burst = 0;
  change(options_);
  Start(std::move(decoder));
}

DemoServer::~DemoServer() {
  Stop();
  std::error_code error;
  std::filesystem::remove_all(options_.data, error);
  std::filesystem::remove_all(options_.data + "-bundle", error);
}

void DemoServer::Start(std::unique_ptr<llm::Model> decoder) {
  auto server = Server::Start(options_, nullptr, std::move(decoder));
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", std::string(server.status().message()).c_str());
    std::abort();
  }
  server_ = *std::move(server);
}

void DemoServer::Stop() {
  if (server_ == nullptr) return;
  server_->Drain();
  server_.reset();
}

void DemoServer::StartAgain() {
  Stop();
  Start(nullptr);
}

client::ServerAddress DemoServer::address() const {
  return {absl::StrCat("127.0.0.1:", server_->port()), ""};
}

std::shared_ptr<grpc::Channel> DemoServer::Channel() const {
  return grpc::CreateChannel(address().address, grpc::InsecureChannelCredentials());
}

std::unique_ptr<client::ChatClient> DemoServer::Chat(const std::string& identity_token) const {
  auto chat = client::ChatClient::Connect(address());
  EXPECT_TRUE(chat.ok()) << chat.status();
  const absl::Status started = (*chat)->Start("", identity_token);
  EXPECT_TRUE(started.ok()) << started;
  return *std::move(chat);
}

std::unique_ptr<client::ConsoleClient> DemoServer::Console(const std::string& user) const {
  auto console = client::ConsoleClient::Connect(address(), Token(user, CallerRole::kAgent));
  EXPECT_TRUE(console.ok()) << console.status();
  return *std::move(console);
}

std::string DemoServer::Token(const std::string& user, CallerRole role) const {
  const auto tokens = UserTokens::FromFile(options_.data + "/user-tokens.key", false);
  EXPECT_TRUE(tokens.ok()) << tokens.status();
  return *tokens->Issue(user, role, absl::Now(), absl::Hours(1));
}

grpc::Status CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                     const std::string& request, const std::string& token,
                     std::chrono::milliseconds deadline) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + deadline);
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  const grpc::Slice slice(request);
  const grpc::ByteBuffer bytes(&slice, 1);
  grpc::ByteBuffer response;
  std::mutex mutex;
  std::condition_variable wake;
  std::optional<grpc::Status> status;
  stub.UnaryCall(&context, method, {}, &bytes, &response, [&](grpc::Status s) {
    std::lock_guard lock(mutex);
    status = std::move(s);
    wake.notify_all();
  });
  std::unique_lock lock(mutex);
  wake.wait(lock, [&] { return status.has_value(); });
  return *status;
}

}  // namespace frontdesk::server
