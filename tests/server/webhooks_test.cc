// Webhooks against a real HTTP server on this machine: signature, retry, order, restart, replay.
#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/webhooks/courier.h"
#include "server/webhooks/post.h"

namespace frontdesk::server {
namespace {

constexpr char kSecret[] = "a secret of sixteen bytes or more";

// Takes deliveries; refuses as many as it is told to.
class Receiver {
 public:
  Receiver() {
    server_.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
      std::lock_guard lock(mutex_);
      if (refusals_ > 0) {
        --refusals_;
        response.status = 503;
        return;
      }
      received_.push_back({request.get_header_value("Frontdesk-Delivery"),
                           request.get_header_value("Frontdesk-Signature"), request.body});
      arrived_.notify_all();
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~Receiver() {
    server_.stop();
    thread_.join();
  }
  struct Delivery {
    std::string id, signature, body;
  };
  std::vector<Delivery> WaitFor(size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, std::chrono::seconds(20), [&] { return received_.size() >= count; });
    return received_;
  }
  void Refuse(int times) {
    std::lock_guard lock(mutex_);
    refusals_ = times;
  }
  int port() const { return port_; }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  int refusals_ = 0;
  std::vector<Delivery> received_;
};

class Webhooks : public testing::Test {
 protected:
  Webhooks() {
    folder_ = testing::TempDir() + absl::StrCat("frontdesk-webhooks-", ::getpid());
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/secret") << kSecret << "\n";
    store_ = *storage::Store::Open({.path = folder_ + "/frontdesk.db"});
  }
  ~Webhooks() override {
    store_ = nullptr;
    std::filesystem::remove_all(folder_);
  }
  absl::StatusOr<WebhookConfig> Config(const std::string& text) {
    std::ofstream(folder_ + "/webhooks.yaml") << text;
    return ReadWebhookConfig(folder_ + "/webhooks.yaml");
  }
  WebhookConfig Local(int port, const std::string& events = "[conversation, handoff, outcome]",
                      const std::string& ranges = "[127.0.0.0/8]") {
    auto config = Config(absl::StrCat(
        "webhooks:\n  - {name: crm, url: \"http://127.0.0.1:", port, "/hook\", secret_file: ",
        folder_, "/secret, events: ", events, "}\nallow_hosts: [127.0.0.1]\nprivate_ranges: ",
        ranges, "\nfirst_pause: 20ms\n"));
    EXPECT_TRUE(config.ok()) << config.status();
    return *config;
  }
  void Begin(const std::string& id, int64_t now_ms) {
    storage::NewConversation row{.id = storage::ConversationId(id), .created_ms = now_ms};
    ASSERT_TRUE(store_->CreateConversation(row).ok());
    Add(id, dialog::ConversationStarted{.channel = "web", .now_ms = now_ms});
  }
  void Add(const std::string& id, const dialog::Event& event) {
    const dialog::EncodedEvent encoded = dialog::EncodeEvent(event);
    storage::AppendRequest append{.conversation = storage::ConversationId(id)};
    append.events.push_back({encoded.kind, encoded.body});
    ASSERT_TRUE(store_->Append(append).ok());
  }

  std::string folder_;
  std::unique_ptr<storage::Store> store_;
};

TEST_F(Webhooks, DeliversSignedNoticesInOrderAndWithoutWords) {
  Receiver receiver;
  Courier courier(*store_, Local(receiver.port()), folder_ + "/cursors");
  Begin("c-1", 1000);
  Add("c-1", dialog::Received{.turn = 1, .text = "my words are private", .now_ms = 2000});
  Add("c-1", dialog::HandedOff{.reason = "requested", .mode = "queue", .team = "service"});
  Add("c-1", dialog::FeedbackGiven{.score = 2, .comment = "also private", .now_ms = 3000});
  const auto received = receiver.WaitFor(3);
  ASSERT_EQ(received.size(), 3u);
  const char* const types[] = {"conversation.started", "handoff.opened", "outcome.rated"};
  for (size_t i = 0; i < 3; ++i) {
    const nlohmann::json body = nlohmann::json::parse(received[i].body);
    EXPECT_EQ(body["type"], types[i]);
    EXPECT_EQ(body["id"], received[i].id);
    EXPECT_EQ(received[i].body.find("private"), std::string::npos);
    int64_t stamp = 0;
    ASSERT_EQ(std::sscanf(received[i].signature.c_str(), "t=%ld,", &stamp), 1);
    EXPECT_EQ(received[i].signature,
              SignatureOf(kSecret, absl::FromUnixSeconds(stamp), received[i].body));
  }
}

TEST_F(Webhooks, TriesAgainAndLosesNothingOverARestart) {
  Receiver receiver;
  {
    Courier courier(*store_, Local(receiver.port()), folder_ + "/cursors");
    receiver.Refuse(3);
    Begin("c-1", 1000);
    ASSERT_EQ(receiver.WaitFor(1).size(), 1u);
    EXPECT_GE(courier.counts().failed, 3);
  }
  Begin("c-2", 2000);  // nobody is there to tell
  Courier courier(*store_, Local(receiver.port()), folder_ + "/cursors");
  const auto received = receiver.WaitFor(2);
  ASSERT_EQ(received.size(), 2u);
  EXPECT_EQ(received[0].id, "c-1:1");
  EXPECT_EQ(received[1].id, "c-2:1");
}

TEST_F(Webhooks, ReplaysFromATime) {
  Receiver receiver;
  {
    Courier courier(*store_, Local(receiver.port()), folder_ + "/cursors");
    Begin("c-1", 1000);
    Begin("c-2", 2000);
    Begin("c-3", 3000);
    ASSERT_EQ(receiver.WaitFor(3).size(), 3u);
  }
  const auto again = SetCursorBack(*store_, folder_ + "/cursors", "crm", 2000);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, 2);
  Courier courier(*store_, Local(receiver.port()), folder_ + "/cursors");
  const auto received = receiver.WaitFor(5);
  ASSERT_EQ(received.size(), 5u);
  EXPECT_EQ(received[3].id, "c-2:1");
  EXPECT_EQ(received[4].id, "c-3:1");
}

TEST_F(Webhooks, SubscriptionsAndAddressesAreHeld) {
  Receiver receiver;
  Begin("c-1", 1000);
  Add("c-1", dialog::FeedbackGiven{.score = 5, .now_ms = 3000});
  {
    Courier courier(*store_, Local(receiver.port(), "[outcome]"), folder_ + "/cursors");
    const auto received = receiver.WaitFor(1);
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(received[0].id, "c-1:2");
  }
  // A listed name that leads to an address which is not listed is not connected to.
  const WebhookConfig config = Local(receiver.port(), "[outcome]", "[10.0.0.0/8]");
  const Notice notice{.kind = "outcome", .id = "x:1", .body = "{}"};
  EXPECT_EQ(Post(config.endpoints[0], config, notice, absl::UnixEpoch()).code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(Webhooks, ConfigurationNamesEveryFault) {
  const auto config = Config(absl::StrCat(
      "webhooks:\n  - {name: Bad Name, url: \"http://crm.example/x\", secret_file: ", folder_,
      "/none, events: [everything]}\nallow_hosts: [other.example]\nsurprise: 1\n"));
  ASSERT_FALSE(config.ok());
  for (const char* part : {"unknown key surprise", "name is 1 to 40", "not in allow_hosts",
                           "secret_file", "everything is none of"}) {
    EXPECT_TRUE(absl::StrContains(std::string(config.status().message()), part))
        << part << "\n" << config.status();
  }
}

}  // namespace
}  // namespace frontdesk::server
