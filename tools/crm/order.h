// An order as the shop's rules see it, and the rules: what may still be done with
// it on a day. Values and pure functions, except LoadOrder, which reads.
// The figures of the rules are in demo/facts.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/crm/scope.h"

namespace frontdesk::tools {

struct OrderLine {
  int64_t line = 0;
  std::string sku, product_id, title, size, colour;
  int64_t quantity = 0, unit_price = 0;  // cents
  bool clearance = false, returnable = true, damage_reported = false;
  int64_t returned = 0;  // pieces in a return or exchange
  int64_t exchanges = 0;
  int64_t left() const { return quantity - returned; }
};

struct Order {
  std::string id, status, payment_method, street, city, postcode, country;
  Day placed;
  std::optional<Day> promised, delivered;
  int64_t total = 0, shipping = 0;  // cents
  bool express = false, charged = false;
  std::vector<OrderLine> lines;
};

// The customer's order, or nullopt when there is none or it is somebody else's.
std::optional<Order> LoadOrder(Scope& scope, std::string_view order_id);

// "Tarn 2 tent and 1 more"; with a size: "Dunlin Mid boots (42)".
std::string ItemsOf(const std::vector<OrderLine>& lines);

// Where parcels go and at what terms; nullopt: not served.
// "ie", "ni" (GB with a BT postcode), "de", "gb", "near" (AT BE FR LU NL), "eu", "far" (NO CH).
std::optional<std::string> ZoneOf(std::string_view country, std::string_view postcode);

// "already_packed", … for an order that can no longer be changed; "" while it can.
std::string_view WhyFixed(const Order& order);

// Last day of a return for money: 30 days from delivery, 31 January for orders
// placed 15 November to 24 December.
std::optional<Day> ReturnDeadline(const Order& order);

struct ReturnVerdict {
  bool eligible = false;
  std::string remedy = "none";   // money, store_credit, mixed, none
  std::string why;               // reason code; in_window, late or clearance when eligible
  std::vector<OrderLine> lines;  // what would come back, `quantity` = pieces left
  int64_t amount = 0;            // cents the customer gets, label fee taken off
  int64_t credit_amount = 0;     // part of it that is store credit
  int64_t label_fee = 0;
  std::optional<Day> deadline, credit_deadline;
};

// product: part of a title, or empty for all lines. reason: a choice of
// returns.create, or empty (judged as changed_mind).
ReturnVerdict JudgeReturn(const Order& order, std::string_view product, std::string_view reason,
                          Day today);

// The one line meant: by words of its title, or the only line when none are given.
// nullptr: `why` is "which_product" or "no_such_product".
const OrderLine* FindLine(const Order& order, std::string_view product, std::string_view& why);

}  // namespace frontdesk::tools
