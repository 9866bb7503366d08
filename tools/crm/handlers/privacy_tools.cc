// privacy.export_customer and privacy.erase_customer: everything of one person, out and away.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/crm/handlers/handlers.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

constexpr char kOwnOrders[] = "(SELECT id FROM orders WHERE customer_id = {customer})";
constexpr char kOwnReturns[] =
    "(SELECT id FROM returns WHERE order_id IN (SELECT id FROM orders WHERE customer_id = {customer}))";
constexpr char kOwnInvoices[] = "(SELECT id FROM invoices WHERE customer_id = {customer})";
// People who wrote before anybody knew who they were: found by what they left as contact.
constexpr char kEmail[] = "(SELECT email FROM customers WHERE id = {customer} AND email <> '')";
constexpr char kPhone[] = "(SELECT phone FROM customers WHERE id = {customer} AND phone <> '')";

// Where a person's rows are, and what becomes of them: deleted, or kept because books must be
// kept, with the named columns emptied.
struct PersonalTable {
  std::string table;
  std::string where;
  bool keep = false;
  std::vector<std::string> emptied;
};

// In an order in which rows may be deleted: what refers to others comes first.
std::vector<PersonalTable> PersonalTables() {
  const std::string own = "customer_id = {customer}";
  const std::string of_order = absl::StrCat("order_id IN ", kOwnOrders);
  const std::string of_invoice = absl::StrCat("invoice_id IN ", kOwnInvoices);
  return {
      {"tracking_events", of_order},
      {"shipments", of_order, true, {"delivered_to", "tracking_number"}},
      {"order_lines", of_order, true},
      {"return_lines", absl::StrCat("return_id IN ", kOwnReturns), true},
      {"returns", of_order, true, {"comment"}},
      {"exchanges", of_order, true},
      {"refunds", of_order, true},
      {"damage_reports", of_order, true, {"description"}},
      {"payments", of_invoice, true},
      {"disputes", of_invoice, true, {"comment"}},
      {"invoice_lines", of_invoice, true},
      {"invoices", own, true},
      {"orders", own, true, {"street", "city", "postcode"}},
      {"subscriptions", own, true},
      {"tickets", absl::StrCat(own, " OR contact IN ", kEmail, " OR contact IN ", kPhone)},
      {"callbacks", absl::StrCat(own, " OR phone IN ", kPhone)},
      {"leads", absl::StrCat(own, " OR email IN ", kEmail)},
      {"offer_acceptances", own},
      {"opt_outs", own},
      {"consents", own},
      {"feathers", own},
      {"outbox", own},
      {"done_writes", own},
      {"privacy_requests", own, true},
      {"customers", "id = {customer}", true,
       {"given_name", "family_name", "email", "phone", "street", "city", "postcode"}},
  };
}

std::string Sql(std::string_view text) {
  return absl::StrReplaceAll(absl::string_view(text.data(), text.size()), {{"{customer}", "?1"}});
}

bool IsThere(Scope& scope) {
  return scope.db.Query("SELECT 1 FROM customers WHERE id = ?", scope.customer).Next();
}

json RowsOf(Scope& scope, const PersonalTable& table) {
  std::vector<std::string> members;
  Rows columns = scope.db.Query("SELECT name FROM pragma_table_info(?)", table.table);
  while (columns.Next()) {
    const std::string name = columns.Text("name");
    members.push_back(absl::StrCat("'", name, "', ", name));
  }
  json all = json::array();
  Rows rows = scope.db.Query(absl::StrCat("SELECT json_object(", absl::StrJoin(members, ", "),
                                          ") AS row FROM ", table.table, " WHERE ", Sql(table.where)),
                             scope.customer);
  while (rows.Next()) {
    json row = json::parse(rows.Text("row"), nullptr, /*allow_exceptions=*/false);
    if (row.is_object()) all.push_back(std::move(row));
  }
  return all;
}

ToolResult ExportCustomer(Scope& scope) {
  if (!IsThere(scope)) return ToolResult::NotFound("no_customer", "no such customer");
  json archive = json::object();
  for (const PersonalTable& table : PersonalTables()) {
    json rows = RowsOf(scope, table);
    if (!rows.empty()) archive[table.table] = std::move(rows);
  }
  return ToolResult::Ok({{"archive", archive.dump()}});
}

ToolResult EraseCustomer(Scope& scope) {
  if (!IsThere(scope)) return ToolResult::NotFound("no_customer", "no such customer");
  int64_t deleted = 0, emptied = 0;
  for (const PersonalTable& table : PersonalTables()) {
    if (!table.keep) {
      deleted += scope.db.Run(absl::StrCat("DELETE FROM ", table.table, " WHERE ", Sql(table.where)),
                              scope.customer);
    } else if (!table.emptied.empty()) {
      emptied += scope.db.Run(
          absl::StrCat("UPDATE ", table.table, " SET ",
                       absl::StrJoin(table.emptied, ", ",
                                     [](std::string* out, const std::string& column) {
                                       absl::StrAppend(out, column, " = ''");
                                     }),
                       " WHERE ", Sql(table.where)),
          scope.customer);
    }
  }
  scope.db.Run(
      "UPDATE privacy_requests SET status = 'done' WHERE customer_id = ? AND kind = 'erasure'",
      scope.customer);
  Rows invoices =
      scope.db.Query("SELECT count(*) AS n FROM invoices WHERE customer_id = ?", scope.customer);
  const int64_t kept = invoices.Next() ? invoices.Integer("n") : 0;
  return ToolResult::Ok({{"rows_deleted", deleted}, {"rows_emptied", emptied}, {"invoices_kept", kept}});
}

}  // namespace

std::vector<NamedHandler> PrivacyHandlers() {
  return {{"privacy.export_customer", ExportCustomer, false},
          {"privacy.erase_customer", EraseCustomer, true}};
}

}  // namespace frontdesk::tools
