// orders.* and shipments.track.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/crm/handlers/handlers.h"
#include "tools/crm/order.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

constexpr int kLostWorkingDays = 10;
constexpr int kRefundWorkingDays = 5;

ToolResult NoOrder() { return ToolResult::NotFound("no_order", "the customer has no such order"); }

json LinesOf(const Order& order) {
  json lines = json::array();
  for (const OrderLine& line : order.lines) {
    lines.push_back({{"line", line.line},
                     {"sku", line.sku},
                     {"product", line.title},
                     {"size", line.size},
                     {"colour", line.colour},
                     {"quantity", line.quantity},
                     {"unit_price", line.unit_price},
                     {"clearance", line.clearance},
                     {"returned", line.returned}});
  }
  return lines;
}

bool HasOpenReturn(Scope& scope, const std::string& order_id) {
  Rows rows = scope.db.Query(
      "SELECT 1 FROM returns WHERE order_id = ?1 AND status <> 'refunded' "
      "UNION ALL SELECT 1 FROM exchanges WHERE order_id = ?1 AND status <> 'done'",
      order_id);
  return rows.Next();
}

int64_t DaysLate(const Order& order, Day today) {
  if (!order.promised || order.status == "cancelled") return 0;
  return std::max<int64_t>(0, DaysBetween(*order.promised, order.delivered.value_or(today)));
}

ToolResult GetOrder(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  int64_t pieces = 0;
  for (const OrderLine& line : order->lines) pieces += line.quantity;
  const bool open = WhyFixed(*order).empty();
  json value = {{"order_id", order->id},
                {"status", order->status},
                {"placed_on", ToText(order->placed)},
                {"days_since_placed", DaysBetween(order->placed, scope.today)},
                {"items", ItemsOf(order->lines)},
                {"item_count", pieces},
                {"total", order->total},
                {"shipping", order->shipping},
                {"currency", "EUR"},
                {"payment_method", order->payment_method},
                {"days_late", DaysLate(*order, scope.today)},
                {"cancellable", open},
                {"address_changeable", open},
                {"has_return", HasOpenReturn(scope, order->id)},
                {"clearance", std::any_of(order->lines.begin(), order->lines.end(),
                                          [](const OrderLine& line) { return line.clearance; })},
                {"city", order->city},
                {"country", order->country},
                {"lines", LinesOf(*order)}};
  if (!order->lines.empty()) value["first_product"] = order->lines[0].title;
  if (order->promised && order->status != "cancelled")
    value["promised_on"] = ToText(*order->promised);
  if (order->delivered) {
    value["delivered_on"] = ToText(*order->delivered);
    value["days_since_delivery"] = DaysBetween(*order->delivered, scope.today);
    const Day deadline = *ReturnDeadline(*order);
    value["return_deadline"] = ToText(deadline);
    value["return_days_left"] = DaysBetween(scope.today, deadline);
  }
  return ToolResult::Ok(std::move(value));
}

bool StatusFits(const std::string& wanted, const std::string& status) {
  if (wanted.empty() || wanted == status) return true;
  return wanted == "open" && status != "delivered" && status != "cancelled";
}

ToolResult ListOrders(Scope& scope) {
  const std::string wanted = scope.Text("status");
  const int64_t limit = scope.Integer("limit").value_or(5);
  std::vector<std::string> ids;
  int64_t open = 0;
  {
    Rows rows = scope.db.Query(
        "SELECT id, status FROM orders WHERE customer_id = ? ORDER BY placed_at DESC, id DESC",
        scope.customer);
    while (rows.Next()) {
      if (StatusFits("open", rows.Text("status"))) ++open;
      if (StatusFits(wanted, rows.Text("status"))) ids.push_back(rows.Text("id"));
    }
  }
  json value = {{"count", static_cast<int64_t>(ids.size())}, {"open_count", open}};
  json list = json::array();
  std::vector<std::string> texts;
  for (const std::string& id : ids) {
    if (static_cast<int64_t>(list.size()) == limit) break;
    const std::optional<Order> order = LoadOrder(scope, id);
    if (!order) continue;
    if (list.empty()) {
      value["latest_order_id"] = order->id;
      value["latest_status"] = order->status;
    }
    const std::string items = ItemsOf(order->lines);
    list.push_back({{"order_id", order->id},
                    {"status", order->status},
                    {"placed_on", ToText(order->placed)},
                    {"total", order->total},
                    {"items", items}});
    texts.push_back(absl::StrCat(order->id, " (", order->status, ", ", items, ")"));
  }
  value["summary"] = Summary(texts, 5);
  value["orders"] = std::move(list);
  return ToolResult::Ok(std::move(value));
}

ToolResult CancelOrder(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  if (const std::string_view why = WhyFixed(*order); !why.empty()) {
    return ToolResult::Rejected(why, "only an order that is not packed can be cancelled");
  }
  scope.db.Run(
      "UPDATE orders SET status = 'cancelled', cancelled_at = ?, cancel_reason = ? WHERE id = ?",
      scope.Now(), scope.Text("reason"), order->id);
  for (const OrderLine& line : order->lines) {
    scope.db.Run("UPDATE variants SET stock = stock + ? WHERE sku = ?", line.quantity, line.sku);
  }
  json value = {{"order_id", order->id},
                {"status", "cancelled"},
                {"charged", order->charged},
                {"refund_amount", order->charged ? order->total : 0},
                {"refund_working_days", kRefundWorkingDays},
                {"payment_method", order->payment_method}};
  if (order->charged) {
    const std::string id = scope.NewId("RF-");
    scope.db.Run(
        "INSERT INTO refunds(id, order_id, amount, status, method, reason, requested_at) "
        "VALUES(?, ?, ?, 'checking', ?, 'cancellation', ?)",
        id, order->id, order->total, order->payment_method, scope.Now());
    value["refund_id"] = id;
  }
  return ToolResult::Ok(std::move(value));
}

ToolResult ChangeAddress(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  if (const std::string_view why = WhyFixed(*order); !why.empty()) {
    return ToolResult::Rejected(why, "only an order that is not packed can go elsewhere");
  }
  const std::string country =
      scope.Text("country").empty() ? order->country : scope.Text("country");
  const std::string postcode = scope.Text("postcode");
  const std::optional<std::string> zone = ZoneOf(country, postcode);
  if (!zone) return ToolResult::Rejected("country_not_served", "nothing is shipped there");
  if (zone != ZoneOf(order->country, order->postcode)) {
    return ToolResult::Rejected("other_zone", "shipping there costs another price; order anew");
  }
  scope.db.Run("UPDATE orders SET street = ?, city = ?, postcode = ?, country = ? WHERE id = ?",
               scope.Text("street"), scope.Text("city"), postcode, country, order->id);
  json value = {{"order_id", order->id},
                {"street", scope.Text("street")},
                {"city", scope.Text("city")},
                {"postcode", postcode},
                {"country", country}};
  if (order->promised) value["promised_on"] = ToText(*order->promised);
  return ToolResult::Ok(std::move(value));
}

// Adds the scans, and what the last of them says.
void AddScans(Scope& scope, const std::string& order_id, bool delivered, json& value) {
  json events = json::array();
  Rows rows = scope.db.Query(
      "SELECT at, place, text FROM tracking_events WHERE order_id = ? AND at <= ? ORDER BY at, "
      "rowid",
      order_id, scope.Now());
  while (rows.Next()) {
    std::string at = rows.Text("at");
    if (at.size() == 10) at += "T00:00:00Z";  // a fixture gave the day only
    events.push_back({{"at", at}, {"place", rows.Text("place")}, {"text", rows.Text("text")}});
  }
  if (!events.empty()) {
    const json& last = events.back();
    const Day day = DayOf(last["at"].get_ref<const std::string&>()).value_or(scope.today);
    const int64_t working = WorkingDaysBetween(day, scope.today);
    value["last_scan_on"] = ToText(day);
    value["last_scan_place"] = last["place"];
    value["last_scan_text"] = last["text"];
    value["days_since_scan"] = DaysBetween(day, scope.today);
    value["working_days_since_scan"] = working;
    value["counts_as_lost"] = !delivered && working >= kLostWorkingDays;
  }
  value["events"] = std::move(events);
}

ToolResult TrackShipment(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  json value = {{"order_id", order->id},
                {"status", order->status == "cancelled" ? "cancelled" : "not_shipped"},
                {"late", false},
                {"days_late", DaysLate(*order, scope.today)},
                {"counts_as_lost", false}};
  value["late"] = value["days_late"] > 0;
  if (order->promised && order->status != "cancelled")
    value["promised_on"] = ToText(*order->promised);
  {
    Rows rows = scope.db.Query("SELECT * FROM shipments WHERE order_id = ?", order->id);
    if (order->status == "cancelled" || !rows.Next()) return ToolResult::Ok(std::move(value));
    value["status"] = rows.Text("status");
    value["carrier"] = rows.Text("carrier");
    value["tracking_number"] = rows.Text("tracking_number");
    if (const auto shipped = DayOf(rows.Text("shipped_at"))) value["shipped_on"] = ToText(*shipped);
    if (!rows.Text("delivered_to").empty()) value["delivered_to"] = rows.Text("delivered_to");
  }
  if (order->delivered) value["delivered_on"] = ToText(*order->delivered);
  AddScans(scope, order->id, order->delivered.has_value(), value);
  return ToolResult::Ok(std::move(value));
}

}  // namespace

std::vector<NamedHandler> OrderHandlers() {
  return {{"orders.get", GetOrder, false},
          {"orders.list", ListOrders, false},
          {"orders.cancel", CancelOrder, true},
          {"orders.change_address", ChangeAddress, true},
          {"shipments.track", TrackShipment, false}};
}

}  // namespace frontdesk::tools
