// `frontdesk privacy retain` as an operator runs it: the dry run names what is due and removes
// nothing, the run removes just that and is on record, a second run finds nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/audit/audit_log.h"
#include "server/audit/verify_store.h"
#include "server/commands/commands.h"
#include "tests/server/demo_bundle.h"
#include "tests/storage/temp_store.h"

namespace frontdesk::server {
namespace {

using storage::ConversationId;

class RetainCommand : public testing::Test {
 protected:
  RetainCommand() {
    CopyAlwaysOpenBundle(folder_ / "bundle");
    std::ofstream(folder_ / "bundle/assistant.yaml", std::ios::app)
        << "\nretention: {known_days: 400, unknown_days: 90}\n";
  }
  std::unique_ptr<storage::Store> Open() {
    auto opened = storage::Store::Open({.path = folder_ / "frontdesk.db"});
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  void Talk(const std::string& id, int days_ago, const char* customer) {
    storage::NewConversation row;
    row.id = ConversationId(id);
    row.created_ms = absl::ToUnixMillis(absl::Now() - absl::Hours(24 * days_ago));
    if (customer != nullptr) row.customer = storage::CustomerId(customer);
    row.events = {{"message.received", "{}"}, {"reply.said", "{}"}};
    const auto created = Open()->CreateConversation(row);
    EXPECT_TRUE(created.ok()) << created.status();
  }
  // Exit code and what was printed.
  std::pair<int, std::string> Run(const std::string& flags) {
    CLI::App program("frontdesk");
    int exit_code = 0;
    AddPrivacy(program, exit_code);
    testing::internal::CaptureStdout();
    program.parse(absl::StrCat("privacy retain --data ", folder_.path(), " --bundle ", folder_ / "bundle", " ", flags));
    return {exit_code, testing::internal::GetCapturedStdout()};
  }
  bool Gone(const std::string& id) { return Open()->GetConversation(ConversationId(id))->erased; }

  storage::TempFolder folder_;
};

TEST_F(RetainCommand, DryRunNamesAndRemovesNothingThenTheRunRemovesJustThat) {
  Talk("known-old", 402, "C1");
  Talk("known-new", 399, "C1");
  Talk("unknown-old", 92, nullptr);
  Talk("unknown-new", 89, nullptr);
  const auto [dry_code, dry] = Run("--dry-run");
  EXPECT_EQ(dry_code, 0);
  EXPECT_THAT(dry, testing::AllOf(testing::HasSubstr("conversations/known-old"),
                                  testing::HasSubstr("conversations/unknown-old"),
                                  testing::Not(testing::HasSubstr("-new")),
                                  testing::HasSubstr("2 conversations are due; nothing was removed")));
  for (const char* id : {"known-old", "known-new", "unknown-old", "unknown-new"}) EXPECT_FALSE(Gone(id)) << id;
  EXPECT_TRUE(AuditLog::Read(*Open())->empty()) << "a dry run is no act";

  const auto [code, said] = Run("");
  EXPECT_EQ(code, 0);
  EXPECT_THAT(said, testing::HasSubstr("2 conversations, 4 events"));
  EXPECT_TRUE(Gone("known-old") && Gone("unknown-old"));
  EXPECT_FALSE(Gone("known-new") || Gone("unknown-new"));
  {
    const auto store = Open();
    const auto acts = AuditLog::Read(*store);
    ASSERT_EQ(acts->size(), 2u) << "before, and after with the count";
    EXPECT_EQ((*acts)[0].action, "privacy.retain");
    EXPECT_EQ((*acts)[0].detail, "2 conversations are due");
    EXPECT_EQ((*acts)[1].detail, "removed 2 conversations, 4 events");
    EXPECT_TRUE(VerifyStore(*store)->breaks.empty());
  }
  EXPECT_THAT(Run("--dry-run").second, testing::HasSubstr("0 conversations are due"));
}

}  // namespace
}  // namespace frontdesk::server
