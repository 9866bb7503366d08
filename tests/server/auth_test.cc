// Tokens.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "server/auth/conversation_token.h"
#include "server/auth/user_token.h"

namespace frontdesk::server {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const std::string kSecret(32, 's');

TEST(ConversationTokens, OpenTheirConversationUntilTheyExpire) {
  const ConversationTokens tokens(kSecret);
  const std::string token = tokens.Issue(storage::ConversationId("abc"), kNow + absl::Hours(1));
  ASSERT_TRUE(tokens.Check(token, kNow).ok());
  EXPECT_EQ(tokens.Check(token, kNow)->value(), "abc");
  EXPECT_EQ(tokens.Check(token, kNow + absl::Hours(1)).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(ConversationTokens, AnyChangedByteIsRefused) {
  const ConversationTokens tokens(kSecret);
  const std::string token = tokens.Issue(storage::ConversationId("abc"), kNow + absl::Hours(1));
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    // The last character of a base64 text may carry unused bits; the bytes must differ to count.
    EXPECT_FALSE(tokens.Check(changed, kNow).ok()) << "byte " << i;
  }
  EXPECT_FALSE(tokens.Check(token.substr(0, token.size() - 1), kNow).ok());
  EXPECT_FALSE(tokens.Check("", kNow).ok());
  EXPECT_FALSE(ConversationTokens(std::string(32, 't')).Check(token, kNow).ok());
}

TEST(UserTokens, CarryUserAndRole) {
  const UserTokens tokens(kSecret);
  const auto token = tokens.Issue("maya", CallerRole::kAgent, kNow, absl::Hours(8));
  ASSERT_TRUE(token.ok()) << token.status();
  const auto who = tokens.Check(*token, kNow + absl::Hours(7));
  ASSERT_TRUE(who.ok()) << who.status();
  EXPECT_EQ(who->user, "maya");
  EXPECT_EQ(who->role, CallerRole::kAgent);
  EXPECT_FALSE(tokens.Check(*token, kNow + absl::Hours(9)).ok());
  EXPECT_FALSE(UserTokens(std::string(32, 't')).Check(*token, kNow).ok());
}

TEST(UserTokens, AnUnsignedTokenIsRefused) {
  // {"alg":"none","typ":"JWT"} . {"iss":"frontdesk","aud":"frontdesk","sub":"x","role":"admin","exp":9999999999} .
  const std::string unsigned_token =
      "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."
      "eyJpc3MiOiJmcm9udGRlc2siLCJhdWQiOiJmcm9udGRlc2siLCJzdWIiOiJ4Iiwicm9sZSI6ImFkbWluIiwiZXhwIjo5OTk5OTk5OTk5fQ.";
  EXPECT_EQ(UserTokens(kSecret).Check(unsigned_token, kNow).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(UserTokens, CustomersGetNoUserToken) {
  EXPECT_EQ(UserTokens(kSecret).Issue("x", CallerRole::kCustomer, kNow, absl::Hours(1)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(UserTokens, KeyFileIsPrivateAndRotationVoidsTokens) {
  const std::string path = testing::TempDir() + "/user-tokens.key";
  std::filesystem::remove(path);
  EXPECT_EQ(UserTokens::FromFile(path, false).status().code(), absl::StatusCode::kNotFound);
  const auto before = UserTokens::FromFile(path, true);
  ASSERT_TRUE(before.ok()) << before.status();
  struct stat info;
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto token = before->Issue("maya", CallerRole::kAgent, kNow, absl::Hours(1));
  ASSERT_TRUE(UserTokens::Rotate(path).ok());
  const auto after = UserTokens::FromFile(path, false);
  ASSERT_TRUE(after.ok());
  EXPECT_FALSE(after->Check(*token, kNow).ok());
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(UserTokens::FromFile(path, false).status().code(), absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace frontdesk::server
