// A person's rights in the demo CRM: everything comes out, everything goes, the books stay.
#include "tests/tools/demo_shop.h"

namespace frontdesk::tools {
namespace {

ToolCall Officer(const char* tool, const std::string& customer, const char* key) {
  ToolCall call;
  call.tool = tool;
  call.idempotency_key = key;
  call.principal = {.role = Role::kSystem, .id = "privacy", .customer_id = customer,
                    .verification = Verification::kIdentity};
  call.now = DemoNow();
  call.confirmed = true;
  return call;
}

// Every text of every table, one after the other.
std::string AllText(DemoCrm& crm) {
  std::string all;
  std::vector<std::string> tables;
  {
    Rows rows = crm.database().Query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    while (rows.Next()) tables.push_back(rows.Text("name"));
  }
  for (const std::string& table : tables) {
    sqlite3_exec(
        crm.database().handle(), ("SELECT * FROM " + table).c_str(),
        [](void* into, int columns, char** values, char**) {
          for (int i = 0; i < columns; ++i) {
            absl::StrAppend(static_cast<std::string*>(into), values[i] == nullptr ? "" : values[i], "|");
          }
          return 0;
        },
        &all, nullptr);
  }
  return all;
}

struct Person {
  std::string id, family_name, email, phone, street;
};
Person First(DemoCrm& crm) {
  Rows rows = crm.database().Query("SELECT * FROM customers WHERE id = 'C00001'");
  EXPECT_TRUE(rows.Next());
  return {"C00001", rows.Text("family_name"), rows.Text("email"), rows.Text("phone"), rows.Text("street")};
}

TEST(PrivacyTools, TheExportHoldsEveryTableOfThePerson) {
  auto crm = SmallShop();
  const auto registry = DemoRegistry(crm);
  const Person person = First(*crm);
  // Words left before anybody knew who wrote, found by their contact.
  ASSERT_TRUE(crm->Execute(absl::StrCat("INSERT INTO leads(id, email, interest, created_at) VALUES('L-x', '", person.email,
                                        "', 'forty tents', '2026-11-01')")).ok());
  const ToolResult result = registry->Call(Officer("privacy.export_customer", person.id, ""), Soon());
  ASSERT_TRUE(result.ok()) << result.message;
  const auto archive = nlohmann::json::parse(result.value.value("archive", ""), nullptr, false);
  ASSERT_TRUE(archive.is_object());
  EXPECT_EQ(archive["customers"][0]["email"], person.email);
  EXPECT_EQ(archive["leads"][0]["interest"], "forty tents");
  EXPECT_FALSE(archive["orders"].empty());
  for (const auto& order : archive["orders"]) EXPECT_EQ(order["customer_id"], person.id);
  EXPECT_FALSE(archive["order_lines"].empty());
  EXPECT_EQ(registry->Call(Officer("privacy.export_customer", "C99999", ""), Soon()).outcome, ToolResult::Outcome::kNotFound);
}

TEST(PrivacyTools, TheErasureLeavesTheBooksAndNoWordOfThePerson) {
  auto crm = SmallShop();
  const auto registry = DemoRegistry(crm);
  const Person person = First(*crm);
  ASSERT_TRUE(crm->Execute(absl::StrCat(
      "INSERT INTO tickets(id, contact, subject, details, created_at, updated_at) VALUES('T-x', '", person.email,
      "', 's', 'the word mulberry', '2026-11-01', '2026-11-01')")).ok());
  const std::string before = AllText(*crm);
  ASSERT_NE(before.find(person.email), std::string::npos);
  ASSERT_NE(before.find(person.street), std::string::npos);
  const auto count = [&](const char* sql) {
    Rows rows = crm->database().Query(sql);
    return rows.Next() ? rows.Integer("n") : -1;
  };
  const int64_t invoices = count("SELECT count(*) AS n FROM invoices"), money = count("SELECT sum(total) AS n FROM orders");
  const int64_t customers_others = count("SELECT count(*) AS n FROM customers WHERE email <> ''");
  const ToolResult result = registry->Call(Officer("privacy.erase_customer", person.id, "erase-1"), Soon());
  ASSERT_TRUE(result.ok()) << result.message;
  const std::string after = AllText(*crm);
  for (const std::string& word : {person.email, person.phone, person.street, std::string("mulberry")}) {
    EXPECT_EQ(after.find(word), std::string::npos) << word;
  }
  EXPECT_EQ(count("SELECT count(*) AS n FROM invoices"), invoices);
  EXPECT_EQ(count("SELECT sum(total) AS n FROM orders"), money);
  EXPECT_EQ(count("SELECT count(*) AS n FROM customers WHERE email <> ''"), customers_others - 1);
  // The same key again is the same erasure.
  EXPECT_EQ(registry->Call(Officer("privacy.erase_customer", person.id, "erase-1"), Soon()).value, result.value);
}

TEST(PrivacyTools, AreForTheOfficerAndTheServerOnly) {
  auto crm = SmallShop();
  const auto registry = DemoRegistry(crm);
  for (const Role role : {Role::kCustomer, Role::kAgent, Role::kSupervisor}) {
    for (const char* tool : {"privacy.export_customer", "privacy.erase_customer"}) {
      ToolCall call = Officer(tool, "C00001", "k");
      call.principal.role = role;
      EXPECT_EQ(registry->Call(call, Soon()).value.value("reason", ""), "not_allowed");
    }
  }
}

}  // namespace
}  // namespace frontdesk::tools
