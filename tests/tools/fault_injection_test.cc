// Every tool of the demo bundle fails once, in every way a call can fail, and the
// CRM ends as if it had not; and its database fails at every point of a write.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/tools/demo_shop.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;
using Outcome = ToolResult::Outcome;

struct Action {
  std::string tool;
  json arguments;
  int customer;
};

// One call that succeeds for every tool a customer may use.
const std::vector<Action>& Actions() {
  static const auto& actions = *new std::vector<Action>{
      {"orders.get", {{"order_id", "48213"}}, 1},
      {"orders.list", json::object(), 1},
      {"orders.cancel", {{"order_id", "48470"}}, 15},
      {"orders.change_address",
       {{"order_id", "48502"}, {"street", "1 A"}, {"city", "Cork"}, {"postcode", "T12"}},
       4},
      {"shipments.track", {{"order_id", "48377"}}, 2},
      {"returns.check", {{"order_id", "48213"}}, 1},
      {"returns.create", {{"order_id", "48213"}, {"reason", "other"}}, 1},
      {"exchanges.create", {{"order_id", "48150"}, {"size", "42"}}, 11},
      {"refunds.get", {{"order_id", "48105"}}, 8},
      {"damage.report",
       {{"order_id", "48290"}, {"product", "pot set"}, {"description", "bent"}},
       5},
      {"warranty.check", {{"order_id", "47020"}}, 16},
      {"invoices.list", json::object(), 6},
      {"invoices.get", {{"invoice_id", "INV-204117"}}, 6},
      {"invoices.dispute", {{"invoice_id", "INV-204117"}, {"reason", "charged_twice"}}, 6},
      {"invoices.send_copy", {{"order_id", "48213"}}, 1},
      {"subscriptions.get", json::object(), 6},
      {"plans.list", json::object(), 1},
      {"subscriptions.change_plan", {{"plan", "summit"}}, 6},
      {"subscriptions.cancel", json::object(), 6},
      {"subscriptions.pause", {{"months", 2}}, 6},
      {"customers.get", json::object(), 1},
      {"customers.update_address", {{"street", "1 A"}, {"city", "Cork"}, {"postcode", "T12"}}, 1},
      {"customers.set_opt_out", {{"channel", "sms"}}, 1},
      {"loyalty.get", json::object(), 9},
      {"privacy.request_export", json::object(), 1},
      {"privacy.request_erasure", json::object(), 1},
      {"privacy.export_customer", json::object(), 1},
      {"privacy.erase_customer", json::object(), 1},
      {"tickets.create", {{"subject", "help"}}, 1},
      {"tickets.get", json::object(), 3},
      {"callbacks.create", {{"phone", "+353 20 915 0201"}}, 1},
      {"offers.next_best", json::object(), 2},
      {"offers.accept", {{"offer_id", "OF-LATE"}}, 2},
      {"leads.score", {{"quantity", 20}}, 1},
      {"leads.create", {{"email", "a@b.example"}, {"interest", "tents"}}, 1},
      {"products.search", {{"query", "tent"}}, 1},
      {"products.get", {{"product", "Tarn 2 tent"}}, 1},
  };
  return actions;
}

// Fails the first `times` calls in one way, then works.
class FaultyAdapter : public Adapter {
 public:
  enum class Way { kRefused, kLostRequest, kLostAnswer, kLateAnswer, kGarbledAnswer };
  FaultyAdapter(std::shared_ptr<Adapter> real, Way way, int times)
      : real_(std::move(real)), way_(way), left_(times) {}

  ToolResult Call(const ToolCall& call, absl::Time deadline) override {
    if (left_-- <= 0) return real_->Call(call, deadline);
    switch (way_) {
      case Way::kRefused:
        return ToolResult::Failed(Outcome::kUnavailable, "injected");
      case Way::kLostRequest:
        return ToolResult::Failed(Outcome::kUnknown, "injected");
      case Way::kLostAnswer:
        (void)real_->Call(call, deadline);
        return ToolResult::Failed(Outcome::kUnknown, "injected");
      case Way::kLateAnswer:
        (void)real_->Call(call, deadline);
        return ToolResult::Failed(Outcome::kTimeout, "injected");
      case Way::kGarbledAnswer:
        (void)real_->Call(call, deadline);
        return ToolResult::Ok(json::array({1.5}));
    }
    return {};
  }
  absl::StatusOr<std::optional<ToolResult>> FindByKey(std::string_view tool, std::string_view key,
                                                      absl::Time deadline) override {
    return real_->FindByKey(tool, key, deadline);
  }

 private:
  std::shared_ptr<Adapter> real_;
  Way way_;
  int left_;
};

using Way = FaultyAdapter::Way;

struct End {
  ToolResult result;
  std::string content;
};

// By the customer where the catalogue lets them, else by whom it names first.
ToolCall CallFor(const Action& action) {
  ToolCall call = CallOf(action.tool, action.arguments, action.customer, "k");
  const std::vector<Role>& roles = DemoCatalogue().Find(action.tool)->roles;
  if (std::find(roles.begin(), roles.end(), call.principal.role) == roles.end())
    call.principal.role = roles.front();
  return call;
}

End Clean(const Action& action) {
  const auto crm = SmallShop();
  ToolResult result =
      DemoRegistry(crm)->Call(CallFor(action), Soon());
  return End{std::move(result), ContentOf(*crm)};
}

TEST(FaultInjection, CoversEveryToolOfTheBundle) {
  std::set<std::string> covered = {"customers.find_by_order"};  // the server's own, a read
  for (const Action& action : Actions()) covered.insert(action.tool);
  for (const ToolSpec& tool : DemoCatalogue().tools)
    EXPECT_TRUE(covered.contains(tool.name)) << tool.name;
}

TEST(FaultInjection, OneFailureOfAnyKindLeavesNoTrace) {
  for (const Action& action : Actions()) {
    const End clean = Clean(action);
    ASSERT_TRUE(clean.result.ok()) << action.tool << clean.result.value << clean.result.message;
    for (const Way way : {Way::kRefused, Way::kLostRequest, Way::kLostAnswer, Way::kLateAnswer}) {
      const auto crm = SmallShop();
      const auto registry = DemoRegistry(std::make_shared<FaultyAdapter>(crm, way, 1));
      const ToolResult result =
          registry->Call(CallFor(action), Soon());
      EXPECT_EQ(result, clean.result) << action.tool << static_cast<int>(way);
      EXPECT_EQ(ContentOf(*crm), clean.content) << action.tool << static_cast<int>(way);
    }
  }
}

TEST(FaultInjection, WhatFailsForGoodIsTruthfulAndCanBeAskedFor) {
  for (const Action& action : Actions()) {
    const bool write = DemoCatalogue().Find(action.tool)->effect == Effect::kWrite;
    if (!write) continue;
    const std::string untouched = ContentOf(*SmallShop());
    const End clean = Clean(action);
    for (const Way way : {Way::kRefused, Way::kLostRequest, Way::kLostAnswer, Way::kLateAnswer,
                          Way::kGarbledAnswer}) {
      const auto crm = SmallShop();
      const auto registry = DemoRegistry(std::make_shared<FaultyAdapter>(crm, way, 100));
      const ToolResult result =
          registry->Call(CallFor(action), Soon());
      const bool happened = way != Way::kRefused && way != Way::kLostRequest;
      EXPECT_EQ(Name(result.outcome), way == Way::kRefused ? "unavailable" : "unknown")
          << action.tool << static_cast<int>(way);
      EXPECT_EQ(ContentOf(*crm), happened ? clean.content : untouched) << action.tool;
      const auto found = registry->FindByKey(action.tool, "k", Soon());
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_EQ(found->has_value(), happened) << action.tool;
      if (happened) {
        EXPECT_EQ(**found, clean.result) << action.tool;
      }
    }
  }
}

// SQLite is interrupted after n steps, for n from the first to the last of a write:
// each time the content is as before, or as after, and the key says which.
TEST(FaultInjection, TheDatabaseMayFailAtAnyStepOfAWrite) {
  const std::string untouched = ContentOf(*SmallShop());
  for (const Action& action : Actions()) {
    if (DemoCatalogue().Find(action.tool)->effect != Effect::kWrite) continue;
    const End clean = Clean(action);
    int interrupted = 0;
    for (int steps = 1;; steps += 1 + steps / 8) {
      const auto crm = SmallShop();
      struct Fuse {
        int left;
      } fuse{steps};
      sqlite3_progress_handler(
          crm->database().handle(), 1,
          [](void* user) { return --static_cast<Fuse*>(user)->left < 0 ? 1 : 0; }, &fuse);
      const ToolCall call = CallFor(action);
      const ToolResult result = crm->Call(call, Soon());
      sqlite3_progress_handler(crm->database().handle(), 0, nullptr, nullptr);
      const auto found = crm->FindByKey(action.tool, "k", Soon());
      ASSERT_TRUE(found.ok()) << found.status();
      ASSERT_EQ(ContentOf(*crm), found->has_value() ? clean.content : untouched)
          << action.tool << " after " << steps << " steps";
      if (result.ok()) break;
      ++interrupted;
      ASSERT_TRUE(result.outcome == Outcome::kUnavailable || result.outcome == Outcome::kUnknown);
      ASSERT_FALSE(result.outcome == Outcome::kUnavailable && found->has_value()) << action.tool;
      // Trying again is the same visit, and ends as if nothing had been.
      ASSERT_TRUE(crm->Call(call, Soon()).ok()) << action.tool << " after " << steps << " steps";
      ASSERT_EQ(ContentOf(*crm), clean.content) << action.tool << " after " << steps << " steps";
    }
    EXPECT_GT(interrupted, 10) << action.tool;
  }
}

}  // namespace
}  // namespace frontdesk::tools
