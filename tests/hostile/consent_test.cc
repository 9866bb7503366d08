// Consent at the point of use: what a person said last, anywhere, decides the next call.
#include <gtest/gtest.h>

#include "dialog/bundle/bundle.h"
#include "dialog/consents.h"
#include "dialog/effects/live_effects.h"
#include "tests/storage/temp_store.h"

namespace frontdesk::dialog {
namespace {

class Offers : public tools::Adapter {
 public:
  tools::ToolResult Call(const tools::ToolCall&, absl::Time) override {
    ++calls;
    return tools::ToolResult::Ok(nlohmann::json::object());
  }
  absl::StatusOr<std::optional<tools::ToolResult>> FindByKey(std::string_view, std::string_view, absl::Time) override {
    return std::nullopt;
  }
  int calls = 0;
};

class ConsentTest : public storage::StoreTest {
 protected:
  ConsentTest() : bundle_(*LoadBundle(FRONTDESK_SOURCE_DIR "/demo/bundle")), registry_(bundle_.tools) {
    EXPECT_TRUE(registry_.Bind("crm", offers_).ok());
  }
  storage::ConversationId Open(const std::string& name, const char* customer) {
    storage::NewConversation row;
    row.id = storage::ConversationId(name);
    row.created_ms = ++clock_;
    if (customer != nullptr) row.customer = storage::CustomerId(customer);
    EXPECT_OK(store_->CreateConversation(row));
    return row.id;
  }
  void Change(const storage::ConversationId& id, const char* purpose, bool granted) {
    const EncodedEvent event = EncodeEvent(ConsentChanged{purpose, granted, "chat", "v1", ++clock_});
    EXPECT_OK(store_->Append({.conversation = id, .events = {{event.kind, event.body}}}));
  }
  // Whether the offer tool runs for a turn of this conversation that believes to have consent.
  bool OfferRuns(const storage::ConversationId& id) {
    const tools::Redactor redactor;
    const tools::OrderVerifier verifier(nullptr, nullptr, "a secret of the test");
    const retrieval::KnowledgeBase knowledge{retrieval::KnowledgeOptions{}};
    const LiveParts parts{.store = *store_, .registry = registry_, .redactor = redactor, .verifier = verifier, .knowledge = knowledge};
    LiveEffects effects(id, 1, parts, {});
    tools::ToolCall call;
    call.tool = "offers.next_best";
    call.now = absl::UnixEpoch();
    call.principal = {.role = tools::Role::kCustomer, .customer_id = "C1",
                      .verification = tools::Verification::kIdentity, .consents = {"personalised_offers"}};
    const int before = offers_->calls;
    const ToolOutcome outcome = effects.CallTool(call);
    if (offers_->calls == before) {
      EXPECT_EQ(outcome.result.value.value("reason", ""), "no_consent");
    }
    return offers_->calls > before;
  }

  const Bundle bundle_;
  std::shared_ptr<Offers> offers_ = std::make_shared<Offers>();
  tools::Registry registry_;
  int64_t clock_ = storage::kNow;
};

TEST_F(ConsentTest, AWithdrawalAnywhereWorksAtOnceEverywhere) {
  const auto one = Open("one", "C1"), two = Open("two", "C1"), other = Open("other", "C2");
  EXPECT_FALSE(OfferRuns(one)) << "nothing said means no";
  Change(one, "personalised_offers", true);
  EXPECT_TRUE(OfferRuns(one));
  Change(two, "analytics", false);
  Change(other, "personalised_offers", false);
  EXPECT_TRUE(OfferRuns(one)) << "another purpose, another person";
  Change(two, "personalised_offers", false);
  EXPECT_FALSE(OfferRuns(one));
  Change(one, "personalised_offers", true);
  EXPECT_TRUE(OfferRuns(one));
  EXPECT_OK(store_->EraseCustomer(storage::CustomerId("C1"), ++clock_));
  EXPECT_FALSE(OfferRuns(one));
}

TEST_F(ConsentTest, WhileNobodyIsKnownTheConversationSpeaksForItself) {
  const auto one = Open("one", nullptr), two = Open("two", nullptr);
  Change(one, "training", true);
  EXPECT_TRUE(*Consented(*store_, *store_->GetConversation(one), "training"));
  EXPECT_FALSE(*Consented(*store_, *store_->GetConversation(two), "training"));
  EXPECT_FALSE(*Consented(*store_, *store_->GetConversation(one), "analytics"));
}

TEST_F(ConsentTest, ABundleNamesKnownPurposesOnly) {
  std::map<std::string, std::string> files = {
      {"assistant.yaml", "name: Robin\nbusiness: Shop\n"},
      {"intents/a.yaml", "intents:\n  - {name: stop, does: {flow: stop}, examples: [\"stop mails\", \"no mails\"]}\n"},
      {"flows/stop.yaml", "flow: stop\ndescription: Stops mails\nsteps:\n  - {id: off, consent: {purpose: marketing, granted: false}}\n"
                          "  - {id: told, say: \"Done.\", end: completed}\n"}};
  const auto wrong = LoadBundleFiles(files);
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(std::string(wrong.status().message()).find("'marketing'"), std::string::npos) << wrong.status();
  files["flows/stop.yaml"].replace(files["flows/stop.yaml"].find("marketing"), 9, "proactive_messages");
  EXPECT_TRUE(LoadBundleFiles(files).ok()) << LoadBundleFiles(files).status();
}

}  // namespace
}  // namespace frontdesk::dialog
