// Who calls: every proof, what outranks what, and whose address counts.
#include "server/auth/callers.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "server/auth/origins.h"
#include "server/auth/private_file.h"

namespace frontdesk::server {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

class CallersTest : public testing::Test {
 protected:
  CallersTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    EXPECT_TRUE(UserTokens::FromFile(key_, /*create=*/true).ok());
  }
  Callers Make(std::vector<std::string> proxies = {}) const {
    return Callers({.conversations = ConversationTokens(std::string(32, 'c')),
                    .user_key_file = key_,
                    .disabled_users_file = disabled_,
                    .trusted_proxies = std::move(proxies)});
  }
  std::string Bearer(const std::string& user, CallerRole role, absl::Time at = kNow) const {
    return "Bearer " + *UserTokens::FromFile(key_, false)->Issue(user, role, at, absl::Hours(2));
  }
  const std::string folder_ = testing::TempDir() + "/callers";
  const std::string key_ = folder_ + "/user-tokens.key", disabled_ = folder_ + "/users-disabled.txt";
};

TEST_F(CallersTest, EachProofMakesItsCaller) {
  const Callers callers = Make();
  EXPECT_EQ(callers.Identify({.peer = "ipv4:10.0.0.1:99"}, kNow)->role, CallerRole::kNobody);
  const std::string chat = callers.conversation_tokens().Issue(storage::ConversationId("c-1"), kNow + absl::Hours(1));
  const auto customer = callers.Identify({.authorization = "bearer " + chat}, kNow);
  ASSERT_TRUE(customer.ok());
  EXPECT_EQ(customer->role, CallerRole::kCustomer);
  EXPECT_EQ(customer->conversation.value(), "c-1");
  const auto agent = callers.Identify({.authorization = Bearer("maya", CallerRole::kAgent)}, kNow);
  ASSERT_TRUE(agent.ok()) << agent.status();
  EXPECT_EQ(agent->user, "maya");
  const auto service = callers.Identify({.certificate = "crm-sync"}, kNow);
  ASSERT_TRUE(service.ok());
  EXPECT_EQ(service->role, CallerRole::kService);
  EXPECT_EQ(service->user, "crm-sync");
  // A token decides: a service that speaks for a conversation is that customer, and a bad token
  // is not forgiven because of a good certificate.
  EXPECT_EQ(callers.Identify({.authorization = "Bearer " + chat, .certificate = "crm-sync"}, kNow)->role, CallerRole::kCustomer);
  EXPECT_FALSE(callers.Identify({.authorization = "Bearer eyJ", .certificate = "crm-sync"}, kNow).ok());
}

TEST_F(CallersTest, BadProofsAreRefused) {
  const Callers callers = Make();
  for (const std::string& header : {std::string("Basic abc"), std::string("Bearer"), std::string("Bearer "),
                                    std::string("Bearer x"), std::string(20'000, 'B'),
                                    "Bearer " + std::string(9'000, 'e')}) {
    EXPECT_EQ(callers.Identify({.authorization = header}, kNow).status().code(), absl::StatusCode::kUnauthenticated);
  }
  EXPECT_FALSE(callers.Identify({.certificate = "queue"}, kNow).ok());
  EXPECT_FALSE(callers.Identify({.certificate = ""}, kNow).ok());
}

// Two names are owners of conversations; a user so called would speak as one of them.
TEST_F(CallersTest, NobodyIsCalledAssistantOrQueue) {
  const auto tokens = UserTokens::FromFile(key_, false);
  EXPECT_FALSE(tokens->Issue("assistant", CallerRole::kAgent, kNow, absl::Hours(1)).ok());
  EXPECT_FALSE(tokens->Issue("queue", CallerRole::kAgent, kNow, absl::Hours(1)).ok());
}

TEST_F(CallersTest, RotationAndDisablingWorkOnARunningServer) {
  const Callers callers = Make();
  const std::string maya = Bearer("maya", CallerRole::kAgent), noor = Bearer("noor", CallerRole::kAgent);
  ASSERT_TRUE(callers.Identify({.authorization = maya}, kNow).ok());
  ASSERT_TRUE(DisableUser(disabled_, "maya", kNow + absl::Seconds(5)).ok());
  EXPECT_FALSE(callers.Identify({.authorization = maya}, kNow).ok());
  EXPECT_TRUE(callers.Identify({.authorization = noor}, kNow).ok());
  const std::string again = Bearer("maya", CallerRole::kAgent, kNow + absl::Minutes(1));
  EXPECT_TRUE(callers.Identify({.authorization = again}, kNow + absl::Minutes(1)).ok());
  ASSERT_TRUE(UserTokens::Rotate(key_).ok());
  EXPECT_FALSE(callers.Identify({.authorization = noor}, kNow).ok());
  EXPECT_TRUE(callers.Identify({.authorization = Bearer("noor", CallerRole::kAgent)}, kNow).ok());
}

TEST_F(CallersTest, AForwardedAddressCountsFromATrustedProxyOnly) {
  const auto address = [](const Callers& callers, const char* peer, const char* forwarded) {
    return callers.Identify({.peer = peer, .forwarded_for = forwarded}, kNow)->address;
  };
  const Callers plain = Make(), behind = Make({"127.0.0.1", "::1", "10.0.0.9"});
  EXPECT_EQ(address(plain, "ipv4:127.0.0.1:5", "9.9.9.9"), "ipv4:127.0.0.1");
  EXPECT_EQ(address(behind, "ipv4:127.0.0.1:5", "9.9.9.9"), "via:9.9.9.9");
  EXPECT_EQ(address(behind, "ipv6:%5B::1%5D:5", "9.9.9.9"), "via:9.9.9.9");
  EXPECT_EQ(address(behind, "ipv4:8.8.8.8:5", "9.9.9.9"), "ipv4:8.8.8.8");
  // What the client itself wrote stands first and is not believed.
  EXPECT_EQ(address(behind, "ipv4:127.0.0.1:5", "1.1.1.1, 9.9.9.9"), "via:9.9.9.9");
  EXPECT_EQ(address(behind, "ipv4:127.0.0.1:5", "1.1.1.1, 9.9.9.9, 10.0.0.9"), "via:9.9.9.9");
  EXPECT_EQ(address(behind, "ipv4:127.0.0.1:5", ""), "ipv4:127.0.0.1");
}

TEST(DisabledUsersFile, NamesABadLine) {
  EXPECT_TRUE(ReadDisabledUsers("").ok());
  EXPECT_EQ(ReadDisabledUsers("12 maya lee\n13 noor\n")->size(), 2u);
  EXPECT_NE(std::string(ReadDisabledUsers("12 maya\nnoor\n").status().message()).find("line 2"), std::string::npos);
}

TEST(Origins, ListedExactlyOrLocal) {
  const std::vector<std::string> listed = {"https://shop.example", "https://shop.example:8443"};
  for (const char* good : {"https://shop.example", "https://shop.example:8443"}) {
    EXPECT_TRUE(OriginAllowed(good, listed)) << good;
  }
  for (const char* bad : {"http://shop.example", "https://shop.example.evil.example", "https://evil.example",
                          "https://SHOP.example", "https://shop.example/", "null", "", "http://localhost"}) {
    EXPECT_FALSE(OriginAllowed(bad, listed)) << bad;
  }
  for (const char* good : {"http://localhost", "http://localhost:8080", "http://127.0.0.1:1", "https://localhost:443"}) {
    EXPECT_TRUE(OriginAllowed(good, {})) << good;
  }
  for (const char* bad : {"http://localhost.evil.example", "http://localhost:8080.evil", "http://localhost:",
                          "http://127.0.0.10", "https://shop.example", "null", ""}) {
    EXPECT_FALSE(OriginAllowed(bad, {})) << bad;
  }
}

}  // namespace
}  // namespace frontdesk::server
