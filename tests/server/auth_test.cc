// Tokens and the permission table.
#include <frontdesk/v1/audit.pb.h>
#include <frontdesk/v1/bundle.pb.h>
#include <frontdesk/v1/chat.pb.h>
#include <frontdesk/v1/console.pb.h>
#include <frontdesk/v1/insight.pb.h>
#include <frontdesk/v1/knowledge.pb.h>
#include <frontdesk/v1/privacy.pb.h>
#include <frontdesk/v1/replay.pb.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/auth/conversation_token.h"
#include "server/auth/permissions.h"
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

// Every method of every service stands in the table, and the table holds nothing else.
TEST(Permissions, CoverExactlyTheServices) {
  std::set<std::string> methods;
  for (const auto* file :
       {v1::ListEventsRequest::descriptor()->file(), v1::Bundle::descriptor()->file(),
        v1::SendMessageRequest::descriptor()->file(), v1::ClaimRequest::descriptor()->file(),
        v1::Figure::descriptor()->file(), v1::Document::descriptor()->file(), v1::Consent::descriptor()->file(),
        v1::ReplayRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.insert(absl::StrCat(file->service(s)->name(), "/", file->service(s)->method(m)->name()));
      }
    }
  }
  std::set<std::string> table;
  for (const Permission& row : Permissions()) table.emplace(row.method);
  EXPECT_EQ(methods, table);
  EXPECT_EQ(table.size(), Permissions().size()) << "a method stands twice";
}

TEST(Permissions, CustomersReachChatOnlyAndStaffReachesNoChat) {
  for (const Permission& row : Permissions()) {
    const bool chat = row.method.substr(0, 12) == "ChatService/";
    EXPECT_EQ(MayCall({.role = CallerRole::kCustomer}, row.method).ok(), chat) << row.method;
    const bool open = row.method == "ChatService/CreateConversation";
    EXPECT_EQ(MayCall({.role = CallerRole::kNobody}, row.method).ok(), open) << row.method;
    if (chat && !open) {
      EXPECT_FALSE(MayCall({.role = CallerRole::kAgent}, row.method).ok()) << row.method;
      EXPECT_FALSE(MayCall({.role = CallerRole::kAdmin}, row.method).ok()) << row.method;
    }
  }
  EXPECT_EQ(MayCall({.role = CallerRole::kNobody}, "AuditService/ListEvents").code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(MayCall({.role = CallerRole::kAgent}, "AuditService/ListEvents").code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_FALSE(MayCall({.role = CallerRole::kAdmin}, "NoService/NoMethod").ok());
}

}  // namespace
}  // namespace frontdesk::server
