// invoices.*.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/crm/handlers/handlers.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

constexpr int kAnswerWorkingDays = 5;

ToolResult NoInvoice() {
  return ToolResult::NotFound("no_invoice", "the customer has no such invoice");
}

// What is stored plus what the day makes of it.
std::string StatusOn(const std::string& stored, std::optional<Day> due, Day today) {
  return stored == "open" && due && *due < today ? "overdue" : stored;
}

ToolResult ListInvoices(Scope& scope) {
  const std::string wanted = scope.Text("status");
  json list = json::array();
  std::vector<std::string> texts;
  int64_t open = 0, open_total = 0;
  Rows rows = scope.db.Query(
      "SELECT * FROM invoices WHERE customer_id = ? ORDER BY issued_on DESC, id DESC",
      scope.customer);
  while (rows.Next()) {
    const std::optional<Day> due = DayOf(rows.Text("due_on"));
    const std::string status = StatusOn(rows.Text("status"), due, scope.today);
    const bool unpaid = status == "open" || status == "overdue";
    open += unpaid ? 1 : 0;
    open_total += unpaid ? rows.Integer("total") : 0;
    if (!wanted.empty() && wanted != status && !(wanted == "open" && status == "overdue")) continue;
    json invoice = {{"invoice_id", rows.Text("id")},
                    {"about", rows.Text("about")},
                    {"status", status},
                    {"issued_on", rows.Text("issued_on")},
                    {"total", rows.Integer("total")}};
    if (due) invoice["due_on"] = ToText(*due);
    texts.push_back(absl::StrCat(rows.Text("id"), " (", rows.Text("about"), ", ", status, ")"));
    list.push_back(std::move(invoice));
  }
  json value = {{"count", static_cast<int64_t>(list.size())},
                {"open_count", open},
                {"open_total", open_total},
                {"summary", Summary(texts, 4)}};
  if (!list.empty()) {
    value["latest_invoice_id"] = list[0]["invoice_id"];
    value["latest_total"] = list[0]["total"];
    value["latest_about"] = list[0]["about"];
  }
  while (list.size() > 12) list.erase(list.size() - 1);
  value["invoices"] = std::move(list);
  return ToolResult::Ok(std::move(value));
}

json InvoiceLines(Scope& scope, const std::string& id) {
  json lines = json::array();
  Rows rows = scope.db.Query("SELECT * FROM invoice_lines WHERE invoice_id = ? ORDER BY line", id);
  while (rows.Next()) {
    lines.push_back({{"text", rows.Text("text")},
                     {"quantity", rows.Integer("quantity")},
                     {"amount", rows.Integer("amount")}});
  }
  return lines;
}

ToolResult GetInvoice(Scope& scope) {
  const std::string id = scope.Text("invoice_id");
  Rows rows = scope.db.Query(
      "SELECT i.*, (SELECT coalesce(sum(amount), 0) FROM payments p WHERE p.invoice_id = i.id) AS "
      "paid "
      "FROM invoices i WHERE i.id = ? AND i.customer_id = ?",
      id, scope.customer);
  if (!rows.Next()) return NoInvoice();
  const std::optional<Day> due = DayOf(rows.Text("due_on"));
  const std::string status = StatusOn(rows.Text("status"), due, scope.today);
  const int64_t total = rows.Integer("total"), paid = rows.Integer("paid");
  const int64_t percent = rows.Integer("vat_percent");
  json value = {{"invoice_id", id},
                {"about", rows.Text("about")},
                {"kind", rows.Text("kind")},
                {"status", status},
                {"issued_on", rows.Text("issued_on")},
                {"total", total},
                {"paid", paid},
                {"balance", status == "credited" ? 0 : total - paid},
                {"vat", (total * percent + (100 + percent) / 2) / (100 + percent)},
                {"vat_percent", percent},
                {"method", rows.Text("method")},
                {"charged_twice", total > 0 && paid >= 2 * total},
                {"days_overdue", 0}};
  if (due) {
    value["due_on"] = ToText(*due);
    if (status == "overdue") value["days_overdue"] = DaysBetween(*due, scope.today);
  }
  if (!rows.Text("order_id").empty()) value["order_id"] = rows.Text("order_id");
  value["lines"] = InvoiceLines(scope, id);
  return ToolResult::Ok(std::move(value));
}

ToolResult DisputeInvoice(Scope& scope) {
  const std::string id = scope.Text("invoice_id");
  Rows rows =
      scope.db.Query("SELECT * FROM invoices WHERE id = ? AND customer_id = ?", id, scope.customer);
  if (!rows.Next()) return NoInvoice();
  if (rows.Text("status") == "disputed") {
    return ToolResult::Rejected("already_disputed", "a dispute of this invoice is open");
  }
  if (rows.Text("status") == "credited") {
    return ToolResult::Rejected("already_credited", "the invoice was credited");
  }
  const int64_t total = rows.Integer("total");
  const std::string dispute = scope.NewId("DS-");
  scope.db.Run(
      "INSERT INTO disputes(id, invoice_id, reason, comment, created_at) VALUES(?, ?, ?, ?, ?)",
      dispute, id, scope.Text("reason"), scope.Text("comment"), scope.Now());
  scope.db.Run("UPDATE invoices SET status = 'disputed' WHERE id = ?", id);
  return ToolResult::Ok({{"dispute_id", dispute},
                         {"invoice_id", id},
                         {"amount", total},
                         {"answer_by", ToText(AddWorkingDays(scope.today, kAnswerWorkingDays))}});
}

ToolResult SendCopy(Scope& scope) {
  const std::string id = scope.Text("invoice_id"), order = scope.Text("order_id");
  if (id.empty() && order.empty()) {
    return ToolResult::Rejected("which_invoice", "neither an invoice nor an order was named");
  }
  Rows rows = id.empty()
                  ? scope.db.Query(
                        "SELECT id FROM invoices WHERE order_id = ? AND customer_id = ? "
                        "ORDER BY issued_on DESC, id DESC LIMIT 1",
                        order, scope.customer)
                  : scope.db.Query("SELECT id FROM invoices WHERE id = ? AND customer_id = ?", id,
                                   scope.customer);
  if (!rows.Next()) return NoInvoice();
  const std::string found = rows.Text("id");
  scope.db.Run("INSERT INTO outbox(at, customer_id, kind, about) VALUES(?, ?, 'invoice_copy', ?)",
               scope.Now(), scope.customer, found);
  return ToolResult::Ok({{"invoice_id", found}, {"sent_to", scope.Email()}});
}

}  // namespace

std::vector<NamedHandler> BillingHandlers() {
  return {{"invoices.list", ListInvoices, false},
          {"invoices.get", GetInvoice, false},
          {"invoices.dispute", DisputeInvoice, true},
          {"invoices.send_copy", SendCopy, true}};
}

}  // namespace frontdesk::tools
