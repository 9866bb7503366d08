// customers.* and privacy.*.
#include "absl/strings/str_join.h"
#include "tools/crm/handlers/handlers.h"
#include "tools/crm/loyalty.h"
#include "tools/crm/order.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

constexpr int kQueuedMailDays = 2;
constexpr int kExportWorkingDays = 3;
constexpr int kPrivacyDays = 30;

ToolResult NoCustomer() { return ToolResult::NotFound("no_customer", "no such customer"); }

int64_t Count(Scope& scope, std::string_view sql) {
  Rows rows = scope.db.Query(sql, scope.customer);
  return rows.Next() ? rows.Integer("n") : 0;
}

ToolResult GetCustomer(Scope& scope) {
  Rows rows = scope.db.Query("SELECT * FROM customers WHERE id = ?", scope.customer);
  if (!rows.Next()) return NoCustomer();
  json value = {{"customer_id", scope.customer},
                {"given_name", rows.Text("given_name")},
                {"family_name", rows.Text("family_name")},
                {"email", rows.Text("email")},
                {"phone", rows.Text("phone")},
                {"street", rows.Text("street")},
                {"city", rows.Text("city")},
                {"postcode", rows.Text("postcode")},
                {"country", rows.Text("country")},
                {"language", rows.Text("language")}};
  if (const auto since = DayOf(rows.Text("created_at"))) value["customer_since"] = ToText(*since);
  value["tier"] = LoadLoyalty(scope).tier;
  value["order_count"] = Count(
      scope, "SELECT count(*) AS n FROM orders WHERE customer_id = ? AND status <> 'cancelled'");
  value["spent"] = Count(scope,
                         "SELECT coalesce(sum(total), 0) AS n FROM orders "
                         "WHERE customer_id = ? AND status <> 'cancelled'");
  value["open_tickets"] = Count(
      scope, "SELECT count(*) AS n FROM tickets WHERE customer_id = ? AND status <> 'closed'");
  std::vector<std::string> channels;
  Rows out = scope.db.Query("SELECT channel FROM opt_outs WHERE customer_id = ? ORDER BY channel",
                            scope.customer);
  while (out.Next()) channels.push_back(out.Text("channel"));
  if (!channels.empty()) value["opted_out"] = absl::StrJoin(channels, ", ");
  return ToolResult::Ok(std::move(value));
}

ToolResult UpdateAddress(Scope& scope) {
  std::string country = scope.Text("country");
  {
    Rows rows = scope.db.Query("SELECT country FROM customers WHERE id = ?", scope.customer);
    if (!rows.Next()) return NoCustomer();
    if (country.empty()) country = rows.Text("country");
  }
  const std::string postcode = scope.Text("postcode");
  if (!ZoneOf(country, postcode)) {
    return ToolResult::Rejected("country_not_served", "nothing is shipped there");
  }
  scope.db.Run("UPDATE customers SET street = ?, city = ?, postcode = ?, country = ? WHERE id = ?",
               scope.Text("street"), scope.Text("city"), postcode, country, scope.customer);
  json value = {{"street", scope.Text("street")},
                {"city", scope.Text("city")},
                {"postcode", postcode},
                {"country", country}};
  int64_t open = 0;
  Rows rows = scope.db.Query(
      "SELECT id FROM orders WHERE customer_id = ? AND status = 'processing' "
      "ORDER BY placed_at DESC, id DESC",
      scope.customer);
  while (rows.Next()) {
    if (open++ == 0) value["changeable_order_id"] = rows.Text("id");
  }
  value["changeable_orders"] = open;
  return ToolResult::Ok(std::move(value));
}

ToolResult SetOptOut(Scope& scope) {
  const std::string channel = scope.Text("channel");
  const bool out = scope.Flag("opted_out").value_or(true);
  for (const char* one : {"email", "sms", "phone", "post"}) {
    if (channel != "all" && channel != one) continue;
    if (out) {
      scope.db.Run(
          "INSERT INTO opt_outs(customer_id, channel, at) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
          scope.customer, one, scope.Now());
    } else {
      scope.db.Run("DELETE FROM opt_outs WHERE customer_id = ? AND channel = ?", scope.customer,
                   one);
    }
  }
  json value = {{"channel", channel}, {"opted_out", out}};
  if (out) value["last_mail_by"] = ToText(scope.today + kQueuedMailDays);
  return ToolResult::Ok(std::move(value));
}

// One query whether the order exists or not; see tools/verification.h.
ToolResult FindByOrder(Scope& scope) {
  Rows rows = scope.db.Query(
      "SELECT c.id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = ?",
      scope.Text("order_id"));
  if (!rows.Next()) return ToolResult::NotFound("no_order", "there is no such order");
  return ToolResult::Ok({{"customer_id", rows.Text("id")}, {"email", rows.Text("email")}});
}

bool IsRequested(Scope& scope, const char* kind) {
  return scope.db
      .Query(
          "SELECT 1 FROM privacy_requests WHERE customer_id = ? AND kind = ? AND status = 'open'",
          scope.customer, kind)
      .Next();
}

std::string RecordRequest(Scope& scope, const char* kind, Day due) {
  const std::string id = scope.NewId("P-");
  scope.db.Run(
      "INSERT INTO privacy_requests(id, customer_id, kind, created_at, due_on) VALUES(?, ?, ?, ?, "
      "?)",
      id, scope.customer, kind, scope.Now(), ToText(due));
  return id;
}

ToolResult RequestExport(Scope& scope) {
  if (IsRequested(scope, "export")) {
    return ToolResult::Rejected("already_requested", "an export is being prepared");
  }
  const Day due = scope.today + kPrivacyDays;
  return ToolResult::Ok({{"request_id", RecordRequest(scope, "export", due)},
                         {"ready_by", ToText(AddWorkingDays(scope.today, kExportWorkingDays))},
                         {"due_on", ToText(due)},
                         {"sent_to", scope.Email()}});
}

ToolResult RequestErasure(Scope& scope) {
  if (IsRequested(scope, "erasure")) {
    return ToolResult::Rejected("already_requested", "the erasure is under way");
  }
  if (Count(scope,
            "SELECT count(*) AS n FROM orders WHERE customer_id = ? "
            "AND status NOT IN ('delivered', 'cancelled')") > 0) {
    return ToolResult::Rejected("open_order", "an order is still on its way");
  }
  if (Count(scope,
            "SELECT count(*) AS n FROM returns r JOIN orders o ON o.id = r.order_id "
            "WHERE o.customer_id = ? AND r.status <> 'refunded'") > 0) {
    return ToolResult::Rejected("open_return", "a return is not finished");
  }
  if (Count(scope,
            "SELECT count(*) AS n FROM subscriptions WHERE customer_id = ? "
            "AND status IN ('active', 'paused', 'suspended')") > 0) {
    return ToolResult::Rejected("active_subscription", "the Trail Club must be cancelled first");
  }
  const Day due = scope.today + kPrivacyDays;
  return ToolResult::Ok(
      {{"request_id", RecordRequest(scope, "erasure", due)},
       {"due_on", ToText(due)},
       {"invoices_kept",
        Count(scope, "SELECT count(*) AS n FROM invoices WHERE customer_id = ?")}});
}

}  // namespace

std::vector<NamedHandler> AccountHandlers() {
  return {{"customers.get", GetCustomer, false},
          {"customers.update_address", UpdateAddress, true},
          {"customers.set_opt_out", SetOptOut, true},
          {"customers.find_by_order", FindByOrder, false},
          {"privacy.request_export", RequestExport, true},
          {"privacy.request_erasure", RequestErasure, true}};
}

}  // namespace frontdesk::tools
