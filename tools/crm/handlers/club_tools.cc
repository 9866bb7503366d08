// plans.list, subscriptions.*, loyalty.get: the Trail Club and the feathers.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/crm/handlers/handlers.h"
#include "tools/crm/loyalty.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

constexpr int kWithdrawalDays = 14;

struct Plan {
  std::string id, title;
  int64_t rank = 0, month_price = 0, year_price = 0;
};

struct Subscription {
  std::string id, status, period;
  Plan plan;
  Day started, renews;
  std::optional<Day> paused_from, paused_until, ends;
  std::string next_plan;
  int64_t failed_payments = 0;
  int64_t price() const { return period == "year" ? plan.year_price : plan.month_price; }
  int months() const { return period == "year" ? 12 : 1; }
};

ToolResult NoSubscription() {
  return ToolResult::NotFound("no_subscription", "the customer is not in the Trail Club");
}

std::optional<Plan> LoadPlan(Scope& scope, const std::string& id) {
  Rows rows = scope.db.Query("SELECT * FROM plans WHERE id = ?", id);
  if (!rows.Next()) return std::nullopt;
  return Plan{rows.Text("id"), rows.Text("title"), rows.Integer("rank"),
              rows.Integer("month_price"), rows.Integer("year_price")};
}

// The next renewal on or after today, counted from the day it began.
Day NextRenewal(Day started, int months, Day today) {
  const int64_t passed = absl::CivilMonth(today) - absl::CivilMonth(started);
  int64_t periods = std::max<int64_t>(1, passed / months);
  while (AddMonths(started, static_cast<int>(periods * months)) < today) ++periods;
  return AddMonths(started, static_cast<int>(periods * months));
}

// The newest subscription as it stands today: pauses and ends take effect by date.
std::optional<Subscription> LoadSubscription(Scope& scope) {
  Rows rows = scope.db.Query(
      "SELECT * FROM subscriptions WHERE customer_id = ? ORDER BY started_on DESC, id DESC LIMIT 1",
      scope.customer);
  if (!rows.Next()) return std::nullopt;
  Subscription sub{.id = rows.Text("id"),
                   .status = rows.Text("status"),
                   .period = rows.Text("period"),
                   .plan = LoadPlan(scope, rows.Text("plan_id")).value_or(Plan{}),
                   .started = DayOf(rows.Text("started_on")).value_or(scope.today),
                   .paused_from = DayOf(rows.Text("paused_from")),
                   .paused_until = DayOf(rows.Text("paused_until")),
                   .ends = DayOf(rows.Text("ends_on")),
                   .next_plan = rows.Text("next_plan_id"),
                   .failed_payments = rows.Integer("failed_payments")};
  const std::optional<Day> stored = DayOf(rows.Text("renews_on"));
  sub.renews = stored && *stored >= scope.today
                   ? *stored
                   : NextRenewal(stored.value_or(sub.started), sub.months(), scope.today);
  if (sub.paused_until && sub.paused_from && scope.today >= *sub.paused_from &&
      scope.today < *sub.paused_until && sub.status == "active") {
    sub.status = "paused";
  } else if (sub.status == "paused" && sub.paused_until && scope.today >= *sub.paused_until) {
    sub.status = "active";
  }
  if (sub.ends && sub.status == "ending" && *sub.ends < scope.today) sub.status = "ended";
  return sub;
}

bool PausedLately(const Subscription& sub, Day today) {
  return sub.paused_from && AddMonths(*sub.paused_from, 12) > today;
}

ToolResult GetSubscription(Scope& scope) {
  const std::optional<Subscription> sub = LoadSubscription(scope);
  if (!sub) return NoSubscription();
  json value = {{"subscription_id", sub->id},
                {"plan", sub->plan.id},
                {"plan_title", sub->plan.title},
                {"status", sub->status},
                {"period", sub->period},
                {"price", sub->price()},
                {"started_on", ToText(sub->started)},
                {"failed_payment", sub->failed_payments > 0},
                {"withdrawal_possible", DaysBetween(sub->started, scope.today) <= kWithdrawalDays},
                {"pause_possible", sub->status == "active" && !PausedLately(*sub, scope.today)}};
  if (sub->status == "active" || sub->status == "paused" || sub->status == "suspended") {
    value["renews_on"] = ToText(sub->renews);
    value["days_to_renewal"] = DaysBetween(scope.today, sub->renews);
  }
  if (sub->paused_until && *sub->paused_until > scope.today) {
    value["paused_until"] = ToText(*sub->paused_until);
  }
  if (sub->ends) value["ends_on"] = ToText(*sub->ends);
  if (!sub->next_plan.empty()) value["next_plan"] = sub->next_plan;
  return ToolResult::Ok(std::move(value));
}

std::string Euros(int64_t cents) {
  return absl::StrCat(cents / 100, ".", cents % 100 < 10 ? "0" : "", cents % 100);
}

ToolResult ListPlans(Scope& scope) {
  json plans = json::array();
  std::vector<std::string> texts;
  Rows rows = scope.db.Query("SELECT * FROM plans ORDER BY rank");
  while (rows.Next()) {
    plans.push_back({{"plan", rows.Text("id")},
                     {"plan_title", rows.Text("title")},
                     {"month_price", rows.Integer("month_price")},
                     {"year_price", rows.Integer("year_price")},
                     {"about", rows.Text("about")}});
    texts.push_back(
        absl::StrCat(rows.Text("title"), " (", Euros(rows.Integer("month_price")), " a month)"));
  }
  return ToolResult::Ok({{"count", static_cast<int64_t>(plans.size())},
                         {"summary", Summary(texts, 5)},
                         {"plans", plans}});
}

// Why a change of plan is refused; "" when it is possible.
std::string_view WhyNoChange(const Subscription& sub, const std::string& plan) {
  if (sub.status == "ended" || sub.status == "ending") return "ended";
  if (sub.status == "paused") return "paused";
  if (sub.status == "suspended") return "suspended";
  return sub.plan.id == plan ? "same_plan" : "";
}

ToolResult ChangePlan(Scope& scope) {
  const std::optional<Subscription> sub = LoadSubscription(scope);
  if (!sub) return NoSubscription();
  const std::string wanted = scope.Text("plan");
  if (const std::string_view why = WhyNoChange(*sub, wanted); !why.empty()) {
    return ToolResult::Rejected(why, "the plan cannot be changed");
  }
  const std::optional<Plan> plan = LoadPlan(scope, wanted);
  if (!plan) return ToolResult::Rejected("no_such_plan", "there is no such plan");
  const bool up = plan->rank > sub->plan.rank;
  json value = {{"subscription_id", sub->id},
                {"plan", plan->id},
                {"plan_title", plan->title},
                {"direction", up ? "up" : "down"},
                {"price", sub->period == "year" ? plan->year_price : plan->month_price},
                {"effective_on", ToText(up ? scope.today : sub->renews)}};
  if (up) {
    const Day begun = AddMonths(sub->renews, -sub->months());
    const int64_t days = std::max<int64_t>(1, DaysBetween(begun, sub->renews));
    const int64_t rest = std::clamp<int64_t>(DaysBetween(scope.today, sub->renews), 0, days);
    value["credit"] = sub->price() * rest / days;
    // The new period begins today.
    scope.db.Run(
        "UPDATE subscriptions SET plan_id = ?, next_plan_id = NULL, renews_on = ? WHERE id = ?",
        plan->id, ToText(AddMonths(scope.today, sub->months())), sub->id);
  } else {
    scope.db.Run("UPDATE subscriptions SET next_plan_id = ?, renews_on = ? WHERE id = ?", plan->id,
                 ToText(sub->renews), sub->id);
  }
  return ToolResult::Ok(std::move(value));
}

ToolResult CancelSubscription(Scope& scope) {
  const std::optional<Subscription> sub = LoadSubscription(scope);
  if (!sub) return NoSubscription();
  if (sub->status == "ending")
    return ToolResult::Rejected("already_ending", "it is cancelled already");
  if (sub->status == "ended") return ToolResult::Rejected("ended", "it ended already");
  const bool withdrawn = DaysBetween(sub->started, scope.today) <= kWithdrawalDays;
  const Day ends = withdrawn ? scope.today : sub->renews - 1;
  scope.db.Run(
      "UPDATE subscriptions SET status = 'ending', ends_on = ?, next_plan_id = NULL WHERE id = ?",
      ToText(ends), sub->id);
  json value = {
      {"subscription_id", sub->id}, {"plan_title", sub->plan.title}, {"ends_on", ToText(ends)}};
  if (withdrawn) value["refund_amount"] = sub->price();
  return ToolResult::Ok(std::move(value));
}

std::string_view WhyNoPause(const Subscription& sub, Day today) {
  if (sub.status == "ended") return "ended";
  if (sub.status == "ending") return "already_ending";
  if (sub.status == "suspended") return "suspended";
  if (sub.status == "paused" || (sub.paused_until && *sub.paused_until > today)) {
    return "already_paused";
  }
  return PausedLately(sub, today) ? "paused_lately" : "";
}

ToolResult PauseSubscription(Scope& scope) {
  const std::optional<Subscription> sub = LoadSubscription(scope);
  if (!sub) return NoSubscription();
  if (const std::string_view why = WhyNoPause(*sub, scope.today); !why.empty()) {
    return ToolResult::Rejected(why, "the subscription cannot be paused");
  }
  const Day until = AddMonths(sub->renews, static_cast<int>(scope.Integer("months").value_or(1)));
  scope.db.Run(
      "UPDATE subscriptions SET paused_from = ?, paused_until = ?, renews_on = ? WHERE id = ?",
      ToText(sub->renews), ToText(until), ToText(until), sub->id);
  return ToolResult::Ok({{"subscription_id", sub->id},
                         {"plan_title", sub->plan.title},
                         {"paused_from", ToText(sub->renews)},
                         {"paused_until", ToText(until)}});
}

ToolResult GetLoyalty(Scope& scope) {
  const Loyalty loyalty = LoadLoyalty(scope);
  json value = {{"feathers", loyalty.feathers},
                {"value", loyalty.feathers >= kFeathersToRedeem ? 2 * loyalty.feathers : 0},
                {"redeemable", loyalty.feathers >= kFeathersToRedeem},
                {"pending", loyalty.pending},
                {"tier", loyalty.tier},
                {"expiring", loyalty.expiring}};
  if (loyalty.to_next_tier > 0) {
    value["next_tier"] = loyalty.tier == "fledgling" ? "skylark" : "kestrel";
    value["feathers_to_next_tier"] = loyalty.to_next_tier;
  }
  if (loyalty.expires_on) value["expires_on"] = ToText(*loyalty.expires_on);
  return ToolResult::Ok(std::move(value));
}

}  // namespace

std::vector<NamedHandler> ClubHandlers() {
  return {{"plans.list", ListPlans, false},
          {"subscriptions.get", GetSubscription, false},
          {"subscriptions.change_plan", ChangePlan, true},
          {"subscriptions.cancel", CancelSubscription, true},
          {"subscriptions.pause", PauseSubscription, true},
          {"loyalty.get", GetLoyalty, false}};
}

}  // namespace frontdesk::tools
