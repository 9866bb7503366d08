// The demo CRM as an adapter: generation, scope, idempotency, crash, bad files.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/tools/demo_shop.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;
using Outcome = ToolResult::Outcome;

std::string TempPath(const std::string& name) {
  const std::string path =
      absl::StrCat(testing::TempDir(), "/frontdesk_crm_", getpid(), "_", name, ".db");
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(path + part);
  return path;
}

int64_t CountOf(DemoCrm& crm, const std::string& sql) {
  Rows rows = crm.database().Query(sql);
  return rows.Next() ? rows.Integer("n") : -1;
}

TEST(GenerateDemoCrm, HasTheNumbersAskedForAndWellFormedIds) {
  const auto crm = DemoShop();
  EXPECT_EQ(CountOf(*crm, "SELECT count(*) AS n FROM customers"), 300);
  EXPECT_EQ(CountOf(*crm, "SELECT count(*) AS n FROM orders"), 1500);
  EXPECT_EQ(
      CountOf(*crm,
              "SELECT count(*) AS n FROM orders WHERE id NOT GLOB '[0-9][0-9][0-9][0-9][0-9]'"),
      0);
  EXPECT_EQ(CountOf(*crm, "SELECT count(*) AS n FROM customers WHERE email NOT LIKE '%.example'"),
            0);
  EXPECT_EQ(CountOf(*crm, "SELECT count(*) - count(DISTINCT email) AS n FROM customers"), 0);
  EXPECT_EQ(CountOf(*crm,
                    "SELECT count(*) AS n FROM orders o WHERE NOT EXISTS "
                    "(SELECT 1 FROM order_lines l WHERE l.order_id = o.id)"),
            0);
  EXPECT_EQ(
      CountOf(*crm,
              "SELECT count(*) AS n FROM orders o WHERE total <> shipping + "
              "(SELECT sum(quantity * unit_price) FROM order_lines l WHERE l.order_id = o.id)"),
      0);
  EXPECT_EQ(
      CountOf(*crm, "SELECT count(*) AS n FROM orders WHERE placed_at > '2026-11-20T09:00:00Z'"),
      0);
  EXPECT_EQ(
      CountOf(*crm,
              "SELECT count(*) AS n FROM shipments WHERE delivered_at > '2026-11-20T09:00:00Z' "
              "OR delivered_at < shipped_at"),
      0);
  for (const char* table :
       {"returns", "refunds", "invoices", "payments", "subscriptions", "tickets", "consents",
        "opt_outs", "feathers", "offers", "tracking_events"}) {
    EXPECT_GT(CountOf(*crm, absl::StrCat("SELECT count(*) AS n FROM ", table)), 5) << table;
  }
  for (const char* status : {"processing", "packed", "shipped", "delivered", "cancelled"}) {
    EXPECT_GT(CountOf(*crm, absl::StrCat("SELECT count(*) AS n FROM orders WHERE status = '",
                                         status, "'")),
              0)
        << status;
  }
}

TEST(GenerateDemoCrm, IsAFunctionOfItsOptions) {
  const auto make = [](DemoCrmOptions options) {
    auto crm = DemoCrm::OpenInMemory();
    EXPECT_TRUE(GenerateDemoCrm(**crm, options).ok());
    return ContentOf(**crm);
  };
  const DemoCrmOptions options{.seed = 3, .customers = 40, .orders = 90};
  DemoCrmOptions other_seed = options, other_day = options;
  other_seed.seed = 4;
  other_day.reference_day = absl::CivilDay(2027, 3, 1);
  EXPECT_EQ(make(options), make(options));
  EXPECT_NE(make(options), make(other_seed));
  EXPECT_NE(make(options), make(other_day));
}

TEST(GenerateDemoCrm, RefusesImpossibleNumbersAndAnExistingFile) {
  auto crm = DemoCrm::OpenInMemory();
  EXPECT_EQ(GenerateDemoCrm(**crm, {.customers = 3}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GenerateDemoCrm(**crm, {.orders = 1000000}).code(), absl::StatusCode::kInvalidArgument);
  const std::string path = TempPath("exists");
  ASSERT_TRUE(GenerateDemoCrm(path, {.customers = 30, .orders = 70}).ok());
  EXPECT_EQ(GenerateDemoCrm(path, {}).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(DemoCrm::Open(path).ok());
}

TEST(DemoCrmOptionsFromYaml, ReadsTheDemoFileAndNamesFaults) {
  const auto options = DemoCrmOptionsFromYaml(
      ReadText(std::string(FRONTDESK_SOURCE_DIR) + "/demo/crm.yaml"), "crm.yaml");
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->customers, 300);
  EXPECT_EQ(options->orders, 1500);
  const auto bad =
      DemoCrmOptionsFromYaml("seed: x\ncustomer: 3\nreference_date: 2026-13-01\n", "crm.yaml");
  const std::string text(bad.status().message());
  EXPECT_NE(text.find("crm.yaml:1: "), std::string::npos) << text;
  EXPECT_NE(text.find("did you mean 'customers'?"), std::string::npos) << text;
  EXPECT_NE(text.find("crm.yaml:3: "), std::string::npos) << text;
}

// ---- A customer reaches only their own data, tool by tool ----

// Arguments that work for Ada (or for the customer named) in the generated shop.
struct Reach {
  std::string tool;
  json arguments;
  int owner;
};

const std::vector<Reach>& Reaches() {
  static const auto& reaches = *new std::vector<Reach>{
      {"orders.get", {{"order_id", "48213"}}, 1},
      {"orders.cancel", {{"order_id", "48502"}}, 4},
      {"orders.change_address",
       {{"order_id", "48502"}, {"street", "1 A"}, {"city", "Cork"}, {"postcode", "T12"}},
       4},
      {"shipments.track", {{"order_id", "48213"}}, 1},
      {"returns.check", {{"order_id", "48213"}}, 1},
      {"returns.create", {{"order_id", "48213"}, {"reason", "other"}}, 1},
      {"exchanges.create", {{"order_id", "48150"}, {"size", "42"}}, 11},
      {"refunds.get", {{"order_id", "48105"}}, 8},
      {"damage.report",
       {{"order_id", "48290"}, {"product", "pot set"}, {"description", "bent"}},
       5},
      {"warranty.check", {{"order_id", "47102"}}, 1},
      {"invoices.get", {{"invoice_id", "INV-204117"}}, 6},
      {"invoices.dispute", {{"invoice_id", "INV-204117"}, {"reason", "other"}}, 6},
      {"invoices.send_copy", {{"invoice_id", "INV-204117"}}, 6},
      {"tickets.get", {{"ticket_id", "T-09001"}}, 3},
  };
  return reaches;
}

TEST(DemoCrmScope, AnotherCustomersThingsAreNotFoundAndUntouched) {
  for (const Reach& reach : Reaches()) {
    const auto crm = DemoShop();
    const auto registry = DemoRegistry(crm);
    const std::string before = ContentOf(*crm);
    const ToolResult foreign = registry->Call(CallOf(reach.tool, reach.arguments, 2), Soon());
    EXPECT_EQ(foreign.outcome, Outcome::kNotFound) << reach.tool << foreign.message;
    EXPECT_EQ(ContentOf(*crm), before) << reach.tool;
    // The same answer as for a thing that does not exist, so that nothing can be probed.
    json nothing = reach.arguments;
    for (auto& [name, value] : nothing.items()) {
      if (name == "order_id") value = "99999";
      if (name == "invoice_id") value = "INV-999999";
      if (name == "ticket_id") value = "T-99999";
    }
    EXPECT_EQ(registry->Call(CallOf(reach.tool, nothing, 2), Soon()), foreign) << reach.tool;
    const ToolResult own = registry->Call(CallOf(reach.tool, reach.arguments, reach.owner), Soon());
    EXPECT_EQ(own.outcome, Outcome::kOk) << reach.tool << own.message << own.value;
  }
}

// Tools without a thing's number answer about the caller: what is somebody else's
// never shows, whoever asks.
TEST(DemoCrmScope, AnswersHoldOnlyTheCallersNumbers) {
  const auto crm = DemoShop();
  const auto registry = DemoRegistry(crm);
  for (int customer = 1; customer <= 20; ++customer) {
    std::set<std::string> own;
    for (const char* sql : {"SELECT id FROM orders WHERE customer_id = ?",
                            "SELECT id FROM invoices WHERE customer_id = ?",
                            "SELECT id FROM subscriptions WHERE customer_id = ?",
                            "SELECT email AS id FROM customers WHERE id = ?"}) {
      Rows rows = crm->database().Query(sql, Customer(customer).customer_id);
      while (rows.Next()) own.insert(rows.Text("id"));
    }
    for (const char* tool : {"orders.list", "invoices.list", "subscriptions.get", "customers.get",
                             "loyalty.get", "tickets.get"}) {
      const ToolResult result = registry->Call(CallOf(tool, json::object(), customer), Soon());
      const json flat = result.value.flatten();
      for (const auto& [pointer, value] : flat.items()) {
        for (const char* id : {"order_id", "invoice_id", "subscription_id", "email"}) {
          if (pointer.ends_with(std::string("/") + id) && value.is_string()) {
            EXPECT_TRUE(own.contains(value.get<std::string>())) << tool << pointer << value;
          }
        }
      }
    }
  }
}

TEST(DemoCrmScope, WritesToTheAccountTouchTheCallerOnly) {
  const std::vector<std::pair<std::string, json>> writes = {
      {"customers.update_address", {{"street", "1 A"}, {"city", "Cork"}, {"postcode", "T12"}}},
      {"customers.set_opt_out", {{"channel", "all"}}},
      {"subscriptions.change_plan", {{"plan", "summit"}}},
      {"subscriptions.cancel", json::object()},
      {"subscriptions.pause", {{"months", 2}}},
      {"privacy.request_export", json::object()},
      {"offers.accept", {{"offer_id", "OF-UPGRADE"}}},
  };
  for (const auto& [tool, arguments] : writes) {
    const auto crm = DemoShop();
    const auto registry = DemoRegistry(crm);
    const auto others = [&] {
      std::map<std::string, std::string> seen;
      for (int customer = 1; customer <= 20; ++customer) {
        if (customer == 6) continue;
        for (const char* read : {"customers.get", "subscriptions.get"}) {
          seen[absl::StrCat(read, customer)] =
              registry->Call(CallOf(read, json::object(), customer), Soon()).value.dump();
        }
      }
      return seen;
    };
    const auto before = others();
    const ToolResult result = registry->Call(CallOf(tool, arguments, 6), Soon());
    EXPECT_EQ(result.outcome, Outcome::kOk) << tool << result.value << result.message;
    EXPECT_EQ(others(), before) << tool;
  }
}

TEST(DemoCrmScope, WithoutACustomerNothingOwnedIsReached) {
  const auto crm = DemoShop();
  for (const Reach& reach : Reaches()) {
    ToolCall call = CallOf(reach.tool, reach.arguments, reach.owner);
    call.principal.customer_id = "";
    EXPECT_EQ(crm->Call(call, Soon()).outcome, Outcome::kNotFound) << reach.tool;
  }
}

// ---- Idempotency ----

TEST(DemoCrmWrites, HappenOnceByKey) {
  const auto crm = DemoShop();
  const auto registry = DemoRegistry(crm);
  const json arguments = {{"order_id", "48213"}, {"reason", "changed_mind"}};
  const ToolResult first = registry->Call(CallOf("returns.create", arguments, 1, "k1"), Soon());
  ASSERT_TRUE(first.ok()) << first.message;
  EXPECT_EQ(registry->Call(CallOf("returns.create", arguments, 1, "k1"), Soon()), first);
  EXPECT_EQ(CountOf(*crm, "SELECT count(*) AS n FROM returns WHERE order_id = '48213'"), 1);
  // A second visit has another key and is judged anew.
  EXPECT_EQ(registry->Call(CallOf("returns.create", arguments, 1, "k2"), Soon()).value["reason"],
            "already_returned");
  const auto found = registry->FindByKey("returns.create", "k1", Soon());
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ(**found, first);
  EXPECT_FALSE((*registry->FindByKey("returns.create", "k2", Soon())).has_value());
  EXPECT_FALSE((*registry->FindByKey("returns.create", "never", Soon())).has_value());
}

TEST(DemoCrmWrites, AKeyOfAnotherCallIsRefused) {
  const auto crm = DemoShop();
  const auto registry = DemoRegistry(crm);
  ASSERT_TRUE(
      registry->Call(CallOf("customers.set_opt_out", {{"channel", "sms"}}, 1, "k"), Soon()).ok());
  for (const ToolCall& call : {CallOf("customers.set_opt_out", {{"channel", "all"}}, 1, "k"),
                               CallOf("customers.set_opt_out", {{"channel", "sms"}}, 2, "k"),
                               CallOf("privacy.request_export", json::object(), 1, "k")}) {
    EXPECT_EQ(registry->Call(call, Soon()).value["reason"], "key_reused");
  }
}

TEST(DemoCrmWrites, ManyThreadsWithOneKeyWriteOnce) {
  const auto crm = DemoShop();
  const auto registry = DemoRegistry(crm);
  std::vector<std::thread> threads;
  std::vector<ToolResult> results(8);
  for (size_t i = 0; i < results.size(); ++i) {
    ToolCall call = CallOf("tickets.create", {{"subject", "help"}}, 1, "same");
    threads.emplace_back([&, i, call] { results[i] = registry->Call(call, Soon()); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const ToolResult& result : results) EXPECT_EQ(result, results[0]);
  EXPECT_EQ(CountOf(*crm, "SELECT count(*) AS n FROM tickets WHERE subject = 'help'"), 1);
}

// A child writes and dies at once; what it said it had done is there, once, and by key.
TEST(DemoCrmWrites, SurviveAKilledProcess) {
  const std::string path = TempPath("kill");
  ASSERT_TRUE(GenerateDemoCrm(path, {.customers = 30, .orders = 70}).ok());
  int acknowledged = 0;
  for (int round = 0; round < 12; ++round) {
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0);
    const pid_t child = fork();
    if (child == 0) {
      auto crm = DemoCrm::Open(path);
      for (int i = 0; crm.ok(); ++i) {
        const std::string key = absl::StrCat("r", round, "-", i);
        const ToolResult result =
            (*crm)->Call(CallOf("tickets.create", {{"subject", key}}, 1, key), Soon());
        if (!result.ok() || write(pipes[1], "x", 1) != 1) break;
      }
      _exit(1);
    }
    close(pipes[1]);
    int seen = 0;
    char byte;
    while (seen < 3 + round && read(pipes[0], &byte, 1) == 1) ++seen;
    kill(child, SIGKILL);
    while (read(pipes[0], &byte, 1) == 1) ++seen;  // acknowledged before the kill arrived
    close(pipes[0]);
    waitpid(child, nullptr, 0);
    auto crm = DemoCrm::Open(path);
    ASSERT_TRUE(crm.ok()) << crm.status();
    for (int i = 0; i < seen; ++i) {
      const auto found =
          (*crm)->FindByKey("tickets.create", absl::StrCat("r", round, "-", i), Soon());
      ASSERT_TRUE(found.ok() && found->has_value()) << round << "-" << i;
    }
    acknowledged += seen;
    // Keys and tickets agree: none without the other.
    EXPECT_EQ(CountOf(**crm,
                      "SELECT count(*) AS n FROM done_writes d LEFT JOIN tickets t "
                      "ON t.subject = d.key WHERE t.id IS NULL"),
              0);
    EXPECT_EQ(CountOf(**crm,
                      "SELECT count(*) AS n FROM tickets t LEFT JOIN done_writes d "
                      "ON t.subject = d.key WHERE d.key IS NULL AND t.subject GLOB 'r*-*'"),
              0);
  }
  EXPECT_GT(acknowledged, 60);
}

// ---- Purity, fixtures, bad files, deadlines ----

TEST(DemoCrm, DaysFollowTheTurnsTimeAndNothingElse) {
  const auto crm = DemoShop();
  const auto registry = DemoRegistry(crm);
  ToolCall call = CallOf("orders.get", {{"order_id", "48213"}}, 1);
  const ToolResult today = registry->Call(call, Soon());
  EXPECT_EQ(registry->Call(call, Soon()), today);
  call.now += absl::Hours(24 * 40);
  const ToolResult later = registry->Call(call, Soon());
  EXPECT_EQ(later.value["days_since_delivery"], 48);
  EXPECT_EQ(later.value["return_days_left"], -18);
}

TEST(DemoCrm, ASmallFixtureIsEnoughForAStory) {
  auto crm = DemoCrm::OpenInMemory();
  ASSERT_TRUE(
      (*crm)
          ->Execute(
              "insert into customers(id, given_name, email) values('C00001', 'Ada', "
              "'ada@post.example');"
              "insert into orders(id, customer_id, status, placed_at, total) "
              "values('1182', 'C00001', 'delivered', '2024-12-20', 4990);"
              "insert into order_lines(order_id, title, unit_price) values('1182', 'Lamp', 4990);")
          .ok());
  ToolCall call = CallOf("orders.get", {{"order_id", "1182"}}, 1);
  call.now = absl::FromCivil(absl::CivilDay(2025, 3, 1), absl::UTCTimeZone());
  const auto registry = DemoRegistry(std::shared_ptr<DemoCrm>(std::move(*crm)));
  const ToolResult result = registry->Call(call, Soon());
  ASSERT_TRUE(result.ok()) << result.message;
  EXPECT_EQ(result.value["placed_on"], "2024-12-20");
  EXPECT_EQ(result.value["days_since_delivery"], 71);
  EXPECT_EQ(result.value["return_deadline"], "2025-01-31");  // placed before Christmas
}

TEST(DemoCrm, ABrokenFixtureChangesNothing) {
  const auto crm = DemoShop();
  const std::string before = ContentOf(*crm);
  const absl::Status status =
      crm->Execute("DELETE FROM offers; INSERT INTO orders(id) VALUES('1'); SELECT 1;");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(ContentOf(*crm), before);
}

TEST(DemoCrm, BadFilesAreNamedWithARemedy) {
  const std::string missing = TempPath("missing");
  EXPECT_EQ(DemoCrm::Open(missing).status().code(), absl::StatusCode::kNotFound);
  const std::string text = TempPath("text");
  std::ofstream(text) << std::string(5000, 'x');
  EXPECT_EQ(DemoCrm::Open(text).status().code(), absl::StatusCode::kDataLoss);
  const std::string empty = TempPath("empty");
  std::ofstream(empty) << "";
  EXPECT_EQ(DemoCrm::Open(empty).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(DemoCrm::Create("/nonexistent/folder/crm.db").ok());
}

TEST(DemoCrm, ADamagedFileIsUnavailableNotACrash) {
  const std::string path = TempPath("damaged");
  ASSERT_TRUE(GenerateDemoCrm(path, {.customers = 30, .orders = 200}).ok());
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8192);
    file << std::string(200000, '\xa5');
  }
  auto crm = DemoCrm::Open(path);
  if (!crm.ok()) return;  // noticed at once is as good
  const ToolResult result = (*crm)->Call(CallOf("orders.get", {{"order_id", "48213"}}, 1), Soon());
  EXPECT_EQ(result.outcome, Outcome::kUnavailable) << result.value;
}

TEST(DemoCrm, AnotherWriterDelaysUntilTheDeadlineOnly) {
  const std::string path = TempPath("busy");
  ASSERT_TRUE(GenerateDemoCrm(path, {.customers = 30, .orders = 70}).ok());
  auto crm = DemoCrm::Open(path);
  auto other = Database::Open(path);
  (*other)->Script("BEGIN IMMEDIATE");
  const absl::Time begun = absl::Now();
  const ToolResult result = (*crm)->Call(CallOf("tickets.create", {{"subject", "x"}}, 1, "k"),
                                         absl::Now() + absl::Milliseconds(150));
  EXPECT_EQ(result.outcome, Outcome::kUnavailable) << result.message;
  EXPECT_LT(absl::Now() - begun, absl::Seconds(2));
  (*other)->Script("ROLLBACK");
  EXPECT_TRUE((*crm)->Call(CallOf("tickets.create", {{"subject", "x"}}, 1, "k"), Soon()).ok());
}

TEST(DemoCrm, EveryDeclaredToolHasAHandlerAndFailsCleanlyOnADeadDatabase) {
  const Catalogue catalogue = DemoCatalogue();
  const auto crm = DemoShop();
  ASSERT_TRUE(crm->Execute("PRAGMA foreign_keys = OFF").ok());
  crm->database().Script(
      "PRAGMA foreign_keys = OFF; DROP TABLE orders; DROP TABLE customers; DROP TABLE invoices;"
      "DROP TABLE subscriptions; DROP TABLE tickets; DROP TABLE callbacks;"
      "DROP TABLE leads; DROP TABLE plans; DROP TABLE offers; DROP TABLE products;"
      "DROP TABLE feathers; DROP TABLE opt_outs; DROP TABLE privacy_requests");
  ASSERT_TRUE(crm->database().TakeStatus().ok());
  for (const ToolSpec& tool : catalogue.tools) {
    if (tool.name == "leads.score") continue;  // reads no table
    ToolCall call = CallOf(tool.name, json::object(), 1);
    call.arguments = {{"order_id", "48213"},
                      {"invoice_id", "INV-204117"},
                      {"product", "x"},
                      {"plan", "path"},
                      {"channel", "all"}};
    const ToolResult result = crm->Call(call, Soon());
    EXPECT_EQ(result.outcome, Outcome::kUnavailable) << tool.name << result.value << result.message;
  }
}

}  // namespace
}  // namespace frontdesk::tools
