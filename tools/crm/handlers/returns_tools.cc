// returns.*, exchanges.create, refunds.get, damage.report, warranty.check.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/crm/handlers/handlers.h"
#include "tools/crm/order.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

constexpr int kSendDays = 14;
constexpr int kRefundWorkingDays = 5;
constexpr int kDamageDays = 14;
constexpr int kPackagingDays = 7;
constexpr int64_t kPhotoFrom = 15000;      // cents
constexpr int64_t kNextExchangeFee = 495;  // cents

ToolResult NoOrder() { return ToolResult::NotFound("no_order", "the customer has no such order"); }

ToolResult CheckReturn(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  const ReturnVerdict verdict =
      JudgeReturn(*order, scope.Text("product"), scope.Text("reason"), scope.today);
  json value = {{"order_id", order->id},
                {"eligible", verdict.eligible},
                {"remedy", verdict.remedy},
                {"why", verdict.why},
                {"amount", verdict.amount},
                {"credit_amount", verdict.credit_amount},
                {"label_fee", verdict.label_fee},
                {"items", ItemsOf(verdict.lines.empty() ? order->lines : verdict.lines)}};
  if (order->delivered) value["days_since_delivery"] = DaysBetween(*order->delivered, scope.today);
  if (verdict.deadline) {
    value["deadline"] = ToText(*verdict.deadline);
    value["credit_deadline"] = ToText(*verdict.credit_deadline);
    value["days_left"] = DaysBetween(scope.today, *verdict.deadline);
  }
  return ToolResult::Ok(std::move(value));
}

ToolResult CreateReturn(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  const std::string reason = scope.Text("reason");
  const ReturnVerdict verdict = JudgeReturn(*order, scope.Text("product"), reason, scope.today);
  if (!verdict.eligible) return ToolResult::Rejected(verdict.why, "the order cannot be returned");
  const std::string id = scope.NewId("R-");
  const std::string send_by = ToText(scope.today + kSendDays);
  scope.db.Run(
      "INSERT INTO returns(id, order_id, reason, comment, remedy, amount, label_fee, created_at, "
      "send_by) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      id, order->id, reason, scope.Text("comment"), verdict.remedy, verdict.amount,
      verdict.label_fee, scope.Now(), send_by);
  for (const OrderLine& line : verdict.lines) {
    scope.db.Run("INSERT INTO return_lines(return_id, line, quantity) VALUES(?, ?, ?)", id,
                 line.line, line.quantity);
    scope.db.Run("UPDATE order_lines SET returned = returned + ? WHERE order_id = ? AND line = ?",
                 line.quantity, order->id, line.line);
  }
  scope.db.Run(
      "INSERT INTO refunds(id, order_id, return_id, amount, status, remedy, method, reason, "
      "requested_at) VALUES(?, ?, ?, ?, 'awaiting_parcel', ?, ?, 'return', ?)",
      scope.NewId("RF-"), order->id, id, verdict.amount, verdict.remedy, order->payment_method,
      scope.Now());
  scope.db.Run("INSERT INTO outbox(at, customer_id, kind, about) VALUES(?, ?, 'return_label', ?)",
               scope.Now(), scope.customer, id);
  return ToolResult::Ok({{"return_id", id},
                         {"order_id", order->id},
                         {"remedy", verdict.remedy},
                         {"amount", verdict.amount},
                         {"credit_amount", verdict.credit_amount},
                         {"label_fee", verdict.label_fee},
                         {"items", ItemsOf(verdict.lines)},
                         {"send_by", send_by},
                         {"label_sent_to", scope.Email()}});
}

std::string VariantName(std::string_view size, std::string_view colour) {
  if (size.empty()) return std::string(colour);
  return colour.empty() ? std::string(size)
                        : absl::StrCat(std::string(size), ", ", std::string(colour));
}

// Why a line cannot be exchanged on this day; "" when it can.
std::string_view WhyNotExchanged(const Order& order, const OrderLine& line, Day today) {
  if (order.status == "cancelled") return "cancelled";
  if (!order.delivered) return "not_delivered";
  if (line.left() <= 0) return "already_returned";
  if (line.clearance) return "clearance";
  if (today > *ReturnDeadline(order)) return "too_late";
  return "";
}

struct NewVariant {
  std::string sku, size, colour;
};

// The variant of the line's product that was asked for, or the reason why not.
std::string_view ChooseVariant(Scope& scope, const OrderLine& line, NewVariant& chosen) {
  const std::string size = Lower(scope.Text("size").empty() ? line.size : scope.Text("size"));
  const std::string colour =
      Lower(scope.Text("colour").empty() ? line.colour : scope.Text("colour"));
  Rows rows =
      scope.db.Query("SELECT * FROM variants WHERE product_id = ? ORDER BY sku", line.product_id);
  while (rows.Next()) {
    if (Lower(rows.Text("size")) != size || Lower(rows.Text("colour")) != colour) continue;
    chosen = NewVariant{rows.Text("sku"), rows.Text("size"), rows.Text("colour")};
    if (chosen.sku == line.sku) return "same_variant";
    return rows.Integer("stock") < line.left() ? "out_of_stock" : "";
  }
  return "no_such_variant";
}

ToolResult CreateExchange(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  std::string_view why;
  const OrderLine* line = FindLine(*order, scope.Text("product"), why);
  if (line == nullptr) return ToolResult::Rejected(why, "no single line of the order is meant");
  why = WhyNotExchanged(*order, *line, scope.today);
  if (!why.empty()) return ToolResult::Rejected(why, "the line cannot be exchanged");
  NewVariant variant;
  why = ChooseVariant(scope, *line, variant);
  if (!why.empty()) return ToolResult::Rejected(why, "there is no such variant to exchange for");

  const std::string id = scope.NewId("X-");
  const int64_t fee = line->exchanges == 0 ? 0 : kNextExchangeFee;
  const std::string until = ToText(scope.today + kSendDays);
  scope.db.Run(
      "INSERT INTO exchanges(id, order_id, line, from_sku, to_sku, fee, created_at, "
      "reserved_until) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
      id, order->id, line->line, line->sku, variant.sku, fee, scope.Now(), until);
  scope.db.Run("UPDATE variants SET stock = stock - ? WHERE sku = ?", line->left(), variant.sku);
  scope.db.Run(
      "UPDATE order_lines SET returned = quantity, exchanges = exchanges + 1 "
      "WHERE order_id = ? AND line = ?",
      order->id, line->line);
  scope.db.Run("INSERT INTO outbox(at, customer_id, kind, about) VALUES(?, ?, 'exchange_label', ?)",
               scope.Now(), scope.customer, id);
  return ToolResult::Ok({{"exchange_id", id},
                         {"order_id", order->id},
                         {"product", line->title},
                         {"old_variant", VariantName(line->size, line->colour)},
                         {"new_variant", VariantName(variant.size, variant.colour)},
                         {"fee", fee},
                         {"reserved_until", until},
                         {"send_by", until},
                         {"label_sent_to", scope.Email()}});
}

ToolResult GetRefund(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  Rows rows = scope.db.Query(
      "SELECT * FROM refunds WHERE order_id = ? ORDER BY requested_at DESC, id DESC LIMIT 1",
      order->id);
  if (!rows.Next()) return ToolResult::NotFound("no_refund", "the order has no refund");
  const std::string status = rows.Text("status");
  json value = {{"refund_id", rows.Text("id")},     {"order_id", order->id},
                {"amount", rows.Integer("amount")}, {"status", status},
                {"remedy", rows.Text("remedy")},    {"method", rows.Text("method")},
                {"reason", rows.Text("reason")},    {"overdue", false}};
  const std::optional<Day> requested = DayOf(rows.Text("requested_at"));
  const std::optional<Day> arrived = DayOf(rows.Text("arrived_at"));
  const std::optional<Day> sent = DayOf(rows.Text("sent_at"));
  if (requested) value["requested_on"] = ToText(*requested);
  if (arrived) value["arrived_on"] = ToText(*arrived);
  if (sent) {
    value["sent_on"] = ToText(*sent);
    value["working_days_since_sent"] = WorkingDaysBetween(*sent, scope.today);
  } else if (status != "awaiting_parcel") {
    const Day due =
        AddWorkingDays(arrived.value_or(requested.value_or(scope.today)), kRefundWorkingDays);
    value["due_on"] = ToText(due);
    value["overdue"] = scope.today > due;
  }
  return ToolResult::Ok(std::move(value));
}

std::string_view WhyNotDamaged(const Order& order, const OrderLine& line, Day today) {
  if (order.status == "cancelled") return "cancelled";
  if (!order.delivered) return "not_delivered";
  if (line.damage_reported) return "already_reported";
  if (DaysBetween(*order.delivered, today) > kDamageDays) return "too_late";
  return "";
}

ToolResult ReportDamage(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  std::string_view why;
  const OrderLine* line = FindLine(*order, scope.Text("product"), why);
  if (line == nullptr) return ToolResult::Rejected(why, "no single line of the order is meant");
  why = WhyNotDamaged(*order, *line, scope.today);
  if (!why.empty()) return ToolResult::Rejected(why, "the damage cannot be reported");

  const std::string wish = scope.Text("wish");
  const bool in_stock =
      scope.db.Run(
          "UPDATE variants SET stock = stock - 1 WHERE sku = ? AND stock > 0 AND ? <> 'refund'",
          line->sku, wish) > 0;
  if (wish == "replacement" && !in_stock) {
    return ToolResult::Rejected("out_of_stock", "there is no piece left to send");
  }
  const std::string outcome = in_stock ? "replacement" : "refund";
  const std::string id = scope.NewId("D-");
  scope.db.Run(
      "INSERT INTO damage_reports(id, order_id, line, description, outcome, created_at) "
      "VALUES(?, ?, ?, ?, ?, ?)",
      id, order->id, line->line, scope.Text("description"), outcome, scope.Now());
  scope.db.Run("UPDATE order_lines SET damage_reported = 1 WHERE order_id = ? AND line = ?",
               order->id, line->line);
  json value = {{"report_id", id},
                {"order_id", order->id},
                {"product", line->title},
                {"outcome", outcome},
                {"keep_packaging_until", ToText(scope.today + kPackagingDays)},
                {"photo_wanted", line->unit_price > kPhotoFrom}};
  if (in_stock) {
    value["ships_on"] = ToText(AddWorkingDays(scope.today, 1));
  } else {
    value["amount"] = line->unit_price;
    scope.db.Run(
        "INSERT INTO refunds(id, order_id, amount, status, method, reason, requested_at) "
        "VALUES(?, ?, ?, 'checking', ?, 'damage', ?)",
        scope.NewId("RF-"), order->id, line->unit_price, order->payment_method, scope.Now());
  }
  return ToolResult::Ok(std::move(value));
}

ToolResult CheckWarranty(Scope& scope) {
  const std::optional<Order> order = LoadOrder(scope, scope.Text("order_id"));
  if (!order) return NoOrder();
  std::string_view why;
  const OrderLine* line = FindLine(*order, scope.Text("product"), why);
  if (line == nullptr) return ToolResult::Rejected(why, "no single line of the order is meant");
  if (!order->delivered)
    return ToolResult::Rejected("not_delivered", "the guarantee begins at delivery");
  Rows rows = scope.db.Query("SELECT guarantee_years FROM products WHERE id = ?", line->product_id);
  const int64_t years = rows.Next() ? rows.Integer("guarantee_years") : 2;
  const Day until = AddMonths(*order->delivered, static_cast<int>(12 * years));
  return ToolResult::Ok({{"order_id", order->id},
                         {"product", line->title},
                         {"covered", scope.today <= until},
                         {"years", years},
                         {"until", ToText(until)},
                         {"days_left", DaysBetween(scope.today, until)}});
}

}  // namespace

std::vector<NamedHandler> ReturnHandlers() {
  return {{"returns.check", CheckReturn, false},      {"returns.create", CreateReturn, true},
          {"exchanges.create", CreateExchange, true}, {"refunds.get", GetRefund, false},
          {"damage.report", ReportDamage, true},      {"warranty.check", CheckWarranty, false}};
}

}  // namespace frontdesk::tools
