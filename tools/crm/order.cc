#include "tools/crm/order.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

constexpr int kReturnDays = 30;
constexpr int kCreditDays = 60;
constexpr int kShippingRefundDays = 14;
constexpr int64_t kLabelFee = 695;

std::vector<OrderLine> LoadLines(Scope& scope, std::string_view order_id) {
  std::vector<OrderLine> lines;
  Rows rows =
      scope.db.Query("SELECT * FROM order_lines WHERE order_id = ? ORDER BY line", order_id);
  while (rows.Next()) {
    lines.push_back(OrderLine{.line = rows.Integer("line"),
                              .sku = rows.Text("sku"),
                              .product_id = rows.Text("product_id"),
                              .title = rows.Text("title"),
                              .size = rows.Text("size"),
                              .colour = rows.Text("colour"),
                              .quantity = rows.Integer("quantity"),
                              .unit_price = rows.Integer("unit_price"),
                              .clearance = rows.Integer("clearance") != 0,
                              .returnable = rows.Integer("returnable") != 0,
                              .damage_reported = rows.Integer("damage_reported") != 0,
                              .returned = rows.Integer("returned"),
                              .exchanges = rows.Integer("exchanges")});
  }
  return lines;
}

bool IsOurFault(std::string_view reason) {
  return reason == "faulty" || reason == "damaged" || reason == "wrong_item" ||
         reason == "not_as_described";
}

bool Contains(std::initializer_list<std::string_view> list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// The lines that would come back, or the reason code why none does.
std::string_view ChooseLines(const Order& order, std::string_view product, std::string_view reason,
                             std::vector<OrderLine>& chosen) {
  std::string_view why = "no_such_product";
  for (const OrderLine& line : order.lines) {
    if (!product.empty() && !HasWords(absl::StrCat(line.title, " ", line.sku), product)) continue;
    if (line.left() <= 0) {
      why = "already_returned";
      continue;
    }
    if (!line.returnable && !IsOurFault(reason)) {
      why = "not_returnable";
      continue;
    }
    chosen.push_back(line);
    chosen.back().quantity = line.left();
  }
  return chosen.empty() ? why : "";
}

// Fills the amounts of a verdict whose lines and time are known to be right.
void Price(const Order& order, std::string_view reason, bool credit_only, Day today,
           ReturnVerdict& verdict) {
  int64_t money = 0, credit = 0;
  for (const OrderLine& line : verdict.lines) {
    (line.clearance || credit_only ? credit : money) += line.quantity * line.unit_price;
  }
  int64_t all = 0, back = 0;
  for (const OrderLine& line : order.lines) all += line.quantity;
  for (const OrderLine& line : verdict.lines) back += line.quantity;
  const bool early = DaysBetween(*order.delivered, today) <= kShippingRefundDays;
  if (all == back && early && !order.express && money > 0) money += order.shipping;
  const std::string zone = ZoneOf(order.country, order.postcode).value_or("");
  const bool free_label = IsOurFault(reason) || Contains({"ie", "ni", "de"}, zone);
  verdict.label_fee = free_label ? 0 : std::min(kLabelFee, money + credit);
  const int64_t from_money = std::min(verdict.label_fee, money);
  money -= from_money;
  credit -= verdict.label_fee - from_money;
  verdict.amount = money + credit;
  verdict.credit_amount = credit;
  verdict.remedy = credit == 0 ? "money" : money == 0 ? "store_credit" : "mixed";
}

}  // namespace

std::optional<Order> LoadOrder(Scope& scope, std::string_view order_id) {
  Rows rows = scope.db.Query(
      "SELECT o.*, s.delivered_at FROM orders o LEFT JOIN shipments s ON s.order_id = o.id "
      "WHERE o.id = ? AND o.customer_id = ?",
      order_id, scope.customer);
  if (scope.customer.empty() || !rows.Next()) return std::nullopt;
  Order order{.id = rows.Text("id"),
              .status = rows.Text("status"),
              .payment_method = rows.Text("payment_method"),
              .street = rows.Text("street"),
              .city = rows.Text("city"),
              .postcode = rows.Text("postcode"),
              .country = rows.Text("country"),
              .placed = DayOf(rows.Text("placed_at")).value_or(scope.today),
              .promised = DayOf(rows.Text("promised_on")),
              .delivered = DayOf(rows.Text("delivered_at")),
              .total = rows.Integer("total"),
              .shipping = rows.Integer("shipping"),
              .express = rows.Integer("express") != 0,
              .charged = rows.Integer("charged") != 0};
  // A fixture may leave the day out; what was delivered was delivered by the promised day.
  if (order.status == "delivered" && !order.delivered) {
    order.delivered = order.promised.value_or(order.placed);
  }
  order.lines = LoadLines(scope, order_id);
  return order;
}

std::string ItemsOf(const std::vector<OrderLine>& lines) {
  std::vector<std::string> items;
  for (const OrderLine& line : lines) {
    std::string item =
        line.quantity > 1 ? absl::StrCat(line.quantity, " × ", line.title) : line.title;
    if (!line.size.empty()) absl::StrAppend(&item, " (", line.size, ")");
    items.push_back(std::move(item));
  }
  return Summary(items, 2);
}

std::optional<std::string> ZoneOf(std::string_view country, std::string_view postcode) {
  if (country == "IE") return "ie";
  if (country == "DE") return "de";
  if (country == "GB") return Lower(postcode).starts_with("bt") ? "ni" : "gb";
  if (Contains({"AT", "BE", "FR", "LU", "NL"}, country)) return "near";
  if (Contains({"BG", "HR", "CY", "CZ", "DK", "EE", "FI", "GR", "HU", "IT",
                "LV", "LT", "MT", "PL", "PT", "RO", "SK", "SI", "ES", "SE"},
               country)) {
    return "eu";
  }
  if (Contains({"NO", "CH"}, country)) return "far";
  return std::nullopt;
}

std::string_view WhyFixed(const Order& order) {
  if (order.status == "processing") return "";
  if (order.status == "packed") return "already_packed";
  if (order.status == "delivered") return "already_delivered";
  if (order.status == "cancelled") return "already_cancelled";
  return "already_shipped";
}

std::optional<Day> ReturnDeadline(const Order& order) {
  if (!order.delivered) return std::nullopt;
  const Day usual = *order.delivered + kReturnDays;
  const int placed = order.placed.month() * 100 + order.placed.day();
  if (placed < 1115 || placed > 1224) return usual;
  return std::max(usual, Day(order.placed.year() + 1, 1, 31));
}

ReturnVerdict JudgeReturn(const Order& order, std::string_view product, std::string_view reason,
                          Day today) {
  ReturnVerdict verdict;
  if (order.status == "cancelled") {
    verdict.why = "cancelled";
    return verdict;
  }
  if (!order.delivered) {
    verdict.why = "not_delivered";
    return verdict;
  }
  verdict.deadline = ReturnDeadline(order);
  verdict.credit_deadline = std::max(*verdict.deadline, *order.delivered + kCreditDays);
  verdict.why = ChooseLines(order, product, reason, verdict.lines);
  if (!verdict.why.empty()) return verdict;
  if (today > *verdict.credit_deadline) {
    verdict.why = "too_late";
    return verdict;
  }
  const bool late = today > *verdict.deadline;
  Price(order, reason, late, today, verdict);
  verdict.eligible = true;
  verdict.why = late ? "late" : verdict.remedy == "store_credit" ? "clearance" : "in_window";
  return verdict;
}

const OrderLine* FindLine(const Order& order, std::string_view product, std::string_view& why) {
  if (product.empty()) {
    if (order.lines.size() == 1) return &order.lines[0];
    why = "which_product";
    return nullptr;
  }
  const OrderLine* found = nullptr;
  for (const OrderLine& line : order.lines) {
    if (!HasWords(absl::StrCat(line.title, " ", line.sku, " ", line.size), product)) continue;
    if (found != nullptr) {
      why = "which_product";
      return nullptr;
    }
    found = &line;
  }
  if (found == nullptr) why = "no_such_product";
  return found;
}

}  // namespace frontdesk::tools
