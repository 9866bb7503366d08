// The generated demo shop and calls against it, for the tests of tools/.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/digest.h"
#include "tools/crm/demo_crm.h"
#include "tools/crm/generate/generate.h"
#include "tools/registry.h"

namespace frontdesk::tools {

inline std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Friday 20 November 2026, 10:00 UTC: an hour after the stories' "now".
inline absl::Time DemoNow() {
  return absl::FromCivil(absl::CivilHour(2026, 11, 20, 10), absl::UTCTimeZone());
}

// Generated once per test binary and size; each call is a copy of its own.
template <int kCustomers, int kOrders>
std::shared_ptr<DemoCrm> CopyOfShop() {
  static const std::unique_ptr<DemoCrm>& base = *new std::unique_ptr<DemoCrm>([] {
    auto crm = DemoCrm::OpenInMemory();
    EXPECT_TRUE(crm.ok()) << crm.status();
    const DemoCrmOptions options{.seed = 20, .customers = kCustomers, .orders = kOrders};
    const absl::Status status = GenerateDemoCrm(**crm, options);
    EXPECT_TRUE(status.ok()) << status;
    return std::move(*crm);
  }());
  auto copy = base->Copy();
  EXPECT_TRUE(copy.ok()) << copy.status();
  return std::shared_ptr<DemoCrm>(std::move(*copy));
}

inline std::shared_ptr<DemoCrm> DemoShop() { return CopyOfShop<300, 1500>(); }
// The fixed people and hardly anybody else, for tests that read all of it often.
inline std::shared_ptr<DemoCrm> SmallShop() { return CopyOfShop<25, 60>(); }

inline const Catalogue& DemoCatalogue() {
  static const Catalogue& catalogue = *new Catalogue([] {
    const std::string path = std::string(FRONTDESK_SOURCE_DIR) + "/demo/bundle/tools.yaml";
    auto read = Catalogue::FromYaml(ReadText(path), "tools.yaml");
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *read : Catalogue{};
  }());
  return catalogue;
}

// The demo bundle's registry over a CRM.
inline std::unique_ptr<Registry> DemoRegistry(std::shared_ptr<Adapter> crm) {
  Clock quick;
  quick.sleep = [](absl::Duration) {};
  auto registry = std::make_unique<Registry>(DemoCatalogue(), quick);
  EXPECT_TRUE(registry->Bind("crm", std::move(crm)).ok());
  return registry;
}

// A signed-in customer, by number: C00001 is Ada Quill (docs/demo_crm.md).
inline Principal Customer(int number) {
  return Principal{.role = Role::kCustomer,
                   .id = "session",
                   .customer_id = absl::StrCat("C000", number < 10 ? "0" : "", number),
                   .verification = Verification::kIdentity,
                   .consents = {"personalised_offers"}};
}

inline ToolCall CallOf(std::string tool, nlohmann::json arguments, int customer,
                       std::string key = "") {
  static int next = 0;
  if (key.empty()) key = absl::StrCat("key-", ++next);
  return ToolCall{.tool = std::move(tool),
                  .arguments = std::move(arguments),
                  .idempotency_key = std::move(key),
                  .principal = Customer(customer),
                  .now = DemoNow(),
                  .confirmed = true};
}

// Every table's rows in order, hashed.
inline std::string ContentOf(DemoCrm& crm) {
  storage::Sha256Stream stream;
  std::vector<std::string> tables;
  {
    Rows rows =
        crm.database().Query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    while (rows.Next()) tables.push_back(rows.Text("name"));
  }
  for (const std::string& table : tables) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(crm.database().handle(), ("SELECT * FROM " + table).c_str(), -1, &statement,
                       nullptr);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        stream.Update(text == nullptr ? "NULL" : text);
        stream.Update("|");
      }
    }
    sqlite3_finalize(statement);
  }
  return storage::ToHex(stream.Finish());
}

inline absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

}  // namespace frontdesk::tools
