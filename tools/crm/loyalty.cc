#include "tools/crm/loyalty.h"

#include <algorithm>

namespace frontdesk::tools {
namespace {

constexpr int kLifeMonths = 24;
constexpr int kSoonDays = 60;
constexpr int64_t kSkylark = 500, kKestrel = 1500;

// Feathers of orders that were delivered and whose 30 days are not over. Cents / 100,
// by the tier's factor in quarters.
int64_t Pending(Scope& scope, const std::string& tier) {
  Rows rows = scope.db.Query(
      "SELECT o.total, s.delivered_at FROM orders o JOIN shipments s ON s.order_id = o.id "
      "WHERE o.customer_id = ? AND o.status = 'delivered'",
      scope.customer);
  const int64_t quarters = tier == "kestrel" ? 6 : tier == "skylark" ? 5 : 4;
  int64_t pending = 0;
  while (rows.Next()) {
    const std::optional<Day> delivered = DayOf(rows.Text("delivered_at"));
    if (!delivered || DaysBetween(*delivered, scope.today) >= 30) continue;
    pending += rows.Integer("total") * quarters / 400;
  }
  return pending;
}

}  // namespace

Loyalty LoadLoyalty(Scope& scope) {
  Loyalty loyalty;
  {
    Rows rows = scope.db.Query(
        "SELECT earned_on, feathers FROM feathers WHERE customer_id = ? ORDER BY earned_on, rowid",
        scope.customer);
    while (rows.Next()) {
      const std::optional<Day> earned = DayOf(rows.Text("earned_on"));
      const int64_t count = rows.Integer("feathers");
      if (!earned || *earned > scope.today) continue;
      const Day expires = AddMonths(*earned, kLifeMonths);
      if (count > 0 && AddMonths(*earned, 12) > scope.today) loyalty.earned_year += count;
      if (expires <= scope.today) continue;
      loyalty.feathers += count;
      if (count > 0 && DaysBetween(scope.today, expires) <= kSoonDays) {
        loyalty.expiring += count;
        if (!loyalty.expires_on) loyalty.expires_on = expires;
      }
    }
  }
  loyalty.feathers = std::max<int64_t>(0, loyalty.feathers);
  loyalty.expiring = std::min(loyalty.expiring, loyalty.feathers);
  if (loyalty.expiring == 0) loyalty.expires_on.reset();
  loyalty.tier = loyalty.earned_year >= kKestrel   ? "kestrel"
                 : loyalty.earned_year >= kSkylark ? "skylark"
                                                   : "fledgling";
  if (loyalty.earned_year < kKestrel) {
    loyalty.to_next_tier =
        (loyalty.earned_year < kSkylark ? kSkylark : kKestrel) - loyalty.earned_year;
  }
  loyalty.pending = Pending(scope, loyalty.tier);
  return loyalty;
}

}  // namespace frontdesk::tools
