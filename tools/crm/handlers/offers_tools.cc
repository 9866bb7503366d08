// offers.*: the next best offer, by rules.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/crm/handlers/handlers.h"
#include "tools/crm/loyalty.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

struct Offer {
  std::string id, rule, title, about, code, product_id, needs_product, needs_tier;
  std::optional<int64_t> percent, amount;
  Day until;
};

bool HasRow(Scope& scope, std::string_view sql) {
  return scope.db.Query(sql, scope.customer).Next();
}

bool Bought(Scope& scope, const std::string& product_id) {
  return scope.db
      .Query(
          "SELECT 1 FROM order_lines l JOIN orders o ON o.id = l.order_id "
          "WHERE o.customer_id = ? AND l.product_id = ? AND o.status <> 'cancelled'",
          scope.customer, product_id)
      .Next();
}

// Days since the customer's last order; nullopt without one.
std::optional<int64_t> DaysSinceOrder(Scope& scope) {
  Rows rows = scope.db.Query("SELECT max(placed_at) AS last FROM orders WHERE customer_id = ?",
                             scope.customer);
  const std::optional<Day> last = rows.Next() ? DayOf(rows.Text("last")) : std::nullopt;
  if (!last) return std::nullopt;
  return DaysBetween(*last, scope.today);
}

bool HasLateParcel(Scope& scope) {
  return scope.db
      .Query(
          "SELECT 1 FROM orders WHERE customer_id = ? AND status = 'shipped' AND promised_on < ?",
          scope.customer, ToText(scope.today))
      .Next();
}

bool Fits(Scope& scope, const Offer& offer) {
  if (offer.rule == "late_parcel") return HasLateParcel(scope);
  if (offer.rule == "plan_upgrade") {
    return HasRow(scope,
                  "SELECT 1 FROM subscriptions s JOIN plans p ON p.id = s.plan_id "
                  "WHERE s.customer_id = ? AND s.status = 'active' AND p.rank < 3");
  }
  if (offer.rule == "accessory") {
    return Bought(scope, offer.needs_product) && !Bought(scope, offer.product_id);
  }
  if (offer.rule == "win_back") return DaysSinceOrder(scope).value_or(0) > 180;
  if (offer.rule == "tier") return LoadLoyalty(scope).tier == offer.needs_tier;
  if (offer.rule == "welcome") {
    return !HasRow(scope, "SELECT 1 FROM orders WHERE customer_id = ? LIMIT 1 OFFSET 1");
  }
  return false;
}

std::vector<Offer> LoadOffers(Scope& scope) {
  std::vector<Offer> offers;
  Rows rows = scope.db.Query("SELECT * FROM offers ORDER BY priority DESC, id");
  while (rows.Next()) {
    Offer offer{rows.Text("id"),
                rows.Text("rule"),
                rows.Text("title"),
                rows.Text("about"),
                rows.Text("code"),
                rows.Text("product_id"),
                rows.Text("needs_product_id"),
                rows.Text("needs_tier")};
    if (!rows.IsNull("percent")) offer.percent = rows.Integer("percent");
    if (!rows.IsNull("amount")) offer.amount = rows.Integer("amount");
    offer.until = scope.today + rows.Integer("valid_days");
    if (const auto ends = DayOf(rows.Text("ends_on"))) offer.until = std::min(offer.until, *ends);
    offers.push_back(std::move(offer));
  }
  return offers;
}

bool Accepted(Scope& scope, const std::string& offer_id) {
  return scope.db
      .Query("SELECT 1 FROM offer_acceptances WHERE offer_id = ? AND customer_id = ?", offer_id,
             scope.customer)
      .Next();
}

// All four channels off says: no offers at all.
bool WantsNoMarketing(Scope& scope) {
  return HasRow(scope, "SELECT 1 FROM opt_outs WHERE customer_id = ? LIMIT 1 OFFSET 3");
}

ToolResult NextBestOffer(Scope& scope) {
  if (WantsNoMarketing(scope)) return ToolResult::NotFound("opted_out", "no marketing is wanted");
  for (const Offer& offer : LoadOffers(scope)) {
    if (offer.until < scope.today || Accepted(scope, offer.id) || !Fits(scope, offer)) continue;
    json value = {{"offer_id", offer.id},
                  {"title", offer.title},
                  {"about", offer.about},
                  {"valid_until", ToText(offer.until)},
                  {"why", offer.rule}};
    if (offer.percent) value["percent"] = *offer.percent;
    if (offer.amount) value["amount"] = *offer.amount;
    Rows product = scope.db.Query("SELECT title FROM products WHERE id = ?", offer.product_id);
    if (product.Next()) value["product"] = product.Text("title");
    return ToolResult::Ok(std::move(value));
  }
  return ToolResult::NotFound("no_offer", "no offer fits");
}

ToolResult AcceptOffer(Scope& scope) {
  const std::string id = scope.Text("offer_id");
  for (const Offer& offer : LoadOffers(scope)) {
    if (offer.id != id) continue;
    if (Accepted(scope, id))
      return ToolResult::Rejected("already_accepted", "it was accepted before");
    if (offer.until < scope.today) return ToolResult::Rejected("expired", "the offer ended");
    if (!Fits(scope, offer)) return ToolResult::Rejected("not_eligible", "its rule does not fit");
    const std::string code = absl::StrCat(offer.code, "-", scope.customer);
    scope.db.Run(
        "INSERT INTO offer_acceptances(offer_id, customer_id, at, code, valid_until) "
        "VALUES(?, ?, ?, ?, ?)",
        id, scope.customer, scope.Now(), code, ToText(offer.until));
    return ToolResult::Ok({{"offer_id", id},
                           {"title", offer.title},
                           {"code", code},
                           {"valid_until", ToText(offer.until)}});
  }
  return ToolResult::NotFound("no_offer", "there is no such offer");
}

}  // namespace

std::vector<NamedHandler> OfferHandlers() {
  return {{"offers.next_best", NextBestOffer, false}, {"offers.accept", AcceptOffer, true}};
}

}  // namespace frontdesk::tools
