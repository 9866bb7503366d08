// Insight, replay, shadow and canary as a supervisor and an admin reach them over gRPC.
#include <frontdesk/v1/bundle.grpc.pb.h>
#include <frontdesk/v1/insight.grpc.pb.h>
#include <frontdesk/v1/replay.grpc.pb.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "clients/cpp/chat_client.h"
#include "server/assistant/assistant.h"
#include "server/auth/user_token.h"
#include "server/insight/outcome_book.h"
#include "server/server.h"

namespace frontdesk::server {
namespace {

class VersionServices : public testing::Test {
 protected:
  VersionServices() {
    options_.data = testing::TempDir() + absl::StrCat("frontdesk-services-", ::getpid());
    options_.bundle = FRONTDESK_SOURCE_DIR "/demo/bundle";
    options_.cache = FRONTDESK_BINARY_DIR "/simulate-cache";
    options_.decoder = options_.encoder = "none";
    options_.listen = "127.0.0.1:0";
    options_.metrics_listen = "none";
    options_.rate_burst = 0;
    auto server = Server::Start(options_, nullptr);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    address_ = {absl::StrCat("127.0.0.1:", server_->port()), ""};
    channel_ = *client::OpenChannel(address_, absl::Seconds(5));
    const auto tokens = UserTokens::FromFile(options_.data + "/user-tokens.key", false);
    token_ = *tokens->Issue("ada", CallerRole::kAdmin, absl::Now(), absl::Hours(1));
  }
  ~VersionServices() override {
    server_ = nullptr;
    std::filesystem::remove_all(options_.data);
  }
  std::unique_ptr<grpc::ClientContext> Admin() const {
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", "Bearer " + token_);
    return context;
  }
  // A conversation with these messages; the version it began with.
  std::string Talk(const std::vector<std::string>& messages) {
    auto chat = client::ChatClient::Connect(address_);
    EXPECT_TRUE((*chat)->Start().ok());
    for (const std::string& message : messages)
      EXPECT_TRUE((*chat)->Send(message, [](const v1::ConversationEvent&) {}).ok());
    return (*chat)->conversation().bundle_version();
  }
  // The demo bundle with another threshold, uploaded.
  std::string Upload() {
    v1::UploadBundleRequest request;
    const BundleFiles files = *ReadBundleFiles(options_.bundle);
    for (const auto& [path, bytes] : files) {
      v1::BundleFile& file = *request.add_files();
      file.set_path(path);
      file.set_content(path == "policies/policy.yaml"
                           ? absl::StrReplaceAll(bytes, {{"answer: 0.60", "answer: 0.97"}})
                           : bytes);
    }
    v1::UploadBundleResponse response;
    const grpc::Status status = bundles().UploadBundle(Admin().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.bundle().version();
  }
  v1::BundleService::Stub& bundles() {
    if (bundles_ == nullptr) bundles_ = v1::BundleService::NewStub(channel_);
    return *bundles_;
  }

  ServerOptions options_;
  std::unique_ptr<Server> server_;
  client::ServerAddress address_;
  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
  std::unique_ptr<v1::BundleService::Stub> bundles_;
};

TEST_F(VersionServices, FiguresOverTheWireAreThoseOfTheLog) {
  Talk({"where is my order 48213?", "ada.quill@post.example", "thanks"});
  Talk({"I want to speak to a human"});
  Talk({});
  auto insight = v1::InsightService::NewStub(channel_);
  v1::GetOutcomesRequest request;
  request.set_group_by(v1::OUTCOME_GROUPING_INTENT);
  v1::GetOutcomesResponse response;
  ASSERT_TRUE(insight->GetOutcomes(Admin().get(), request, &response).ok());

  storage::StoreOptions at{.path = options_.data + "/frontdesk.db"};
  at.read_only = true;
  const auto store = storage::Store::Open(at);
  ASSERT_TRUE(store.ok()) << store.status();
  OutcomeBook book(**store);
  const auto reading = book.Read({});
  ASSERT_TRUE(reading.ok());
  const std::vector<Outcome> expected = MeasureOutcomes((*reading)->judged);
  ASSERT_EQ(response.figures_size(), static_cast<int>(expected.size()));
  for (size_t i = 0; i < expected.size(); ++i) {
    const v1::Figure& figure = response.figures(static_cast<int>(i));
    EXPECT_EQ(figure.name(), expected[i].name);
    EXPECT_EQ(figure.count(), expected[i].count);
    EXPECT_DOUBLE_EQ(figure.value(), expected[i].value);
    EXPECT_FALSE(figure.definition().empty());
    // Every number opens the conversations behind it, page by page.
    v1::ListConversationsRequest list;
    list.set_figure(figure.name());
    list.set_page_size(1);
    std::set<std::string> listed;
    do {
      v1::ListConversationsResponse page;
      ASSERT_TRUE(insight->ListConversations(Admin().get(), list, &page).ok());
      listed.insert(page.conversations().begin(), page.conversations().end());
      list.set_page_token(page.next_page_token());
    } while (!list.page_token().empty());
    EXPECT_EQ(static_cast<int64_t>(listed.size()), figure.count()) << figure.name();
  }
  EXPECT_GT(response.groups_size(), 0);
}

TEST_F(VersionServices, ReplayStreamsVerificationAndComparison) {
  const std::string active = Talk({"where is my order 48213?", "ada.quill@post.example"});
  Talk({"how many days do I have to return something?", "wo ist mein Paket"});
  const std::string other = Upload();
  auto replay = v1::ReplayService::NewStub(channel_);
  const auto run = [&](const v1::ReplayRequest& request, v1::ReplaySummary& summary) {
    const auto context = Admin();
    const auto stream = replay->Replay(context.get(), request);
    v1::ReplayResponse response;
    int conversations = 0;
    while (stream->Read(&response)) {
      if (response.has_conversation()) ++conversations;
      if (response.has_summary()) summary = response.summary();
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return conversations;
  };
  v1::ReplayRequest request;
  request.set_mode(v1::REPLAY_MODE_VERIFY);
  v1::ReplaySummary summary;
  EXPECT_EQ(run(request, summary), 2);
  EXPECT_EQ(summary.identical(), 2);
  EXPECT_EQ(summary.turns(), 4);
  request.set_mode(v1::REPLAY_MODE_COMPARE);
  request.set_bundle_version(other);
  EXPECT_EQ(run(request, summary), 2);
  EXPECT_EQ(summary.conversations(), 2);
  request.set_bundle_version("");
  const auto context = Admin();
  const auto refused = replay->Replay(context.get(), request);
  EXPECT_EQ(refused->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(VersionServices, ShadowSeesTurnsAndCanaryGetsItsShare) {
  const std::string active = Talk({"hello"});
  const std::string other = Upload();
  v1::ShadowBundleRequest shadow;
  shadow.set_version(other);
  v1::ShadowBundleResponse shadowed;
  ASSERT_TRUE(bundles().ShadowBundle(Admin().get(), shadow, &shadowed).ok());
  EXPECT_EQ(Talk({"where is my order 48213?"}), active) << "the shadow speaks to no one";
  v1::GetShadowReportResponse report;
  for (int i = 0; i < 100 && report.turns() == 0; ++i) {
    absl::SleepFor(absl::Milliseconds(50));
    ASSERT_TRUE(bundles().GetShadowReport(Admin().get(), {}, &report).ok());
  }
  EXPECT_EQ(report.version(), other);
  EXPECT_EQ(report.turns(), 1);

  v1::CanaryBundleRequest canary;
  v1::CanaryBundleResponse started;
  canary.set_version(other);
  canary.set_percent(51);
  EXPECT_EQ(bundles().CanaryBundle(Admin().get(), canary, &started).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  canary.set_percent(50);
  ASSERT_TRUE(bundles().CanaryBundle(Admin().get(), canary, &started).ok());
  int on_trial = 0;
  for (int i = 0; i < 60; ++i) on_trial += Talk({}) == other ? 1 : 0;
  EXPECT_GT(on_trial, 10);
  EXPECT_LT(on_trial, 50);
  v1::GetCanaryResponse state;
  ASSERT_TRUE(bundles().GetCanary(Admin().get(), {}, &state).ok());
  EXPECT_EQ(state.state(), "running");
  EXPECT_EQ(state.challenger().version(), other);
  v1::ListBundlesResponse list;
  ASSERT_TRUE(bundles().ListBundles(Admin().get(), {}, &list).ok());
  std::set<std::string> states;
  for (const v1::Bundle& bundle : list.bundles()) states.insert(bundle.state());
  EXPECT_TRUE(states.count("active") && states.count("canary"));
  canary.set_version("");
  ASSERT_TRUE(bundles().CanaryBundle(Admin().get(), canary, &started).ok());
  EXPECT_EQ(Talk({}), active);

  v1::CompareBundlesRequest compare;
  compare.set_champion(active);
  compare.set_challenger(other);
  v1::CompareBundlesResponse compared;
  ASSERT_TRUE(bundles().CompareBundles(Admin().get(), compare, &compared).ok());
  ASSERT_GT(compared.comparisons_size(), 5);
  for (const v1::BundleComparison& c : compared.comparisons()) {
    EXPECT_LE(c.low(), c.difference()) << c.figure();
    EXPECT_GE(c.high(), c.difference()) << c.figure();
  }
}

}  // namespace
}  // namespace frontdesk::server
