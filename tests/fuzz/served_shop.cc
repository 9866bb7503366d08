#include "tests/fuzz/served_shop.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/audit/verify_store.h"
#include "server/auth/user_token.h"
#include "storage/store.h"
#include "tests/server/demo_bundle.h"

namespace frontdesk::server {
namespace {

constexpr size_t kMostAnswers = 64;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "served shop: %s\n", what.c_str());
  std::abort();
}

}  // namespace

ServedShop::ServedShop() {
  spdlog::set_level(spdlog::level::off);
  options_.data = (std::filesystem::temp_directory_path() / absl::StrCat("frontdesk-fuzz-", ::getpid())).string();
  std::filesystem::remove_all(options_.data);
  std::filesystem::create_directories(options_.data);
  options_.bundle = CopyAlwaysOpenBundle(options_.data + "-bundle");
  options_.cache = options_.data + "-cache";
  options_.decoder = options_.encoder = options_.metrics_listen = "none";
  options_.listen = "127.0.0.1:0";
  options_.rate_burst = 0;
  options_.log_level = "off";
  options_.drain_seconds = 5;
  auto server = Server::Start(options_, nullptr);
  if (!server.ok()) Fail(std::string(server.status().message()));
  server_ = *std::move(server);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  stub_ = std::make_unique<grpc::GenericStub>(
      grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                grpc::InsecureChannelCredentials(), arguments));
  const auto tokens = UserTokens::FromFile(options_.data + "/user-tokens.key", false);
  if (!tokens.ok()) Fail(std::string(tokens.status().message()));
  for (const CallerRole role : {CallerRole::kAgent, CallerRole::kSupervisor, CallerRole::kAdmin,
                                CallerRole::kAuditor, CallerRole::kService}) {
    authorizations_[static_cast<size_t>(role)] =
        "Bearer " + *tokens->Issue(absl::StrCat("some-", std::string(Name(role))), role, absl::Now(), absl::Hours(24));
  }
}

ServedShop::~ServedShop() {
  stub_.reset();
  server_->Drain();
  server_.reset();
  {
    auto store = storage::Store::Open({.path = options_.data + "/frontdesk.db", .read_only = true});
    if (!store.ok()) Fail(std::string(store.status().message()));
    const auto chains = VerifyStore(**store);
    if (!chains.ok()) Fail(std::string(chains.status().message()));
    for (const ChainBreak& broken : chains->breaks) Fail(broken.where + ": " + broken.what);
  }
  std::error_code error;
  std::filesystem::remove_all(options_.data, error);
  std::filesystem::remove_all(options_.data + "-bundle", error);
}

RawCall::RawCall(grpc::GenericStub& stub, const std::string& path, const std::string& authorization,
                 const std::string& request) {
  if (!authorization.empty()) context_.AddMetadata("authorization", authorization);
  const grpc::Slice slice(request);
  request_ = grpc::ByteBuffer(&slice, 1);
  stub.PrepareBidiStreamingCall(&context_, path, {}, this);
  StartWriteLast(&request_, grpc::WriteOptions());
  StartRead(&incoming_);
  StartCall();
}

void RawCall::OnReadDone(bool ok) {
  if (!ok) return;
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (incoming_.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  answers_.push_back(std::move(bytes));
  if (answers_.size() == kMostAnswers) context_.TryCancel();
  StartRead(&incoming_);
}

void RawCall::OnDone(const grpc::Status& status) {
  std::lock_guard lock(mutex_);
  status_ = status;
  done_ = true;
  wake_.notify_all();
}

grpc::Status RawCall::Await(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (!wake_.wait_for(lock, patience, [this] { return done_; })) {
    context_.TryCancel();
    wake_.wait(lock, [this] { return done_; });
  }
  return status_;
}

}  // namespace frontdesk::server
