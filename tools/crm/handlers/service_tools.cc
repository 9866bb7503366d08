// tickets.*, callbacks.create, leads.*.
#include <algorithm>

#include "tools/crm/handlers/handlers.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;

constexpr int kFarthestCallbackDays = 14;
constexpr int kMorningEnds = 12;  // hours of the day; later no call "this morning" is promised
constexpr int kAfternoonEnds = 16;

std::optional<std::string> Nullable(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

ToolResult CreateTicket(Scope& scope) {
  const std::string id = scope.NewId("T-");
  const std::string team = Nullable(scope.Text("team")).value_or("service");
  const std::string priority = Nullable(scope.Text("priority")).value_or("normal");
  scope.db.Run(
      "INSERT INTO tickets(id, customer_id, contact, order_note, subject, details, team, priority, "
      "created_at, updated_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
      id, Nullable(scope.customer), scope.Text("email"), scope.Text("order_id"),
      scope.Text("subject"), scope.Text("details"), team, priority, scope.Now());
  const bool today = priority == "urgent" && IsWorkingDay(scope.today);
  return ToolResult::Ok(
      {{"ticket_id", id},
       {"team", team},
       {"priority", priority},
       {"answer_by", ToText(today ? scope.today : AddWorkingDays(scope.today, 1))}});
}

ToolResult GetTicket(Scope& scope) {
  const std::string id = scope.Text("ticket_id");
  Rows rows = scope.db.Query(
      "SELECT * FROM tickets WHERE customer_id = ?1 AND (?2 = '' OR id = ?2) "
      "ORDER BY created_at DESC, id DESC LIMIT 1",
      scope.customer, id);
  if (!rows.Next()) return ToolResult::NotFound("no_ticket", "the customer has no such ticket");
  const Day created = DayOf(rows.Text("created_at")).value_or(scope.today);
  const Day updated = DayOf(rows.Text("updated_at")).value_or(created);
  return ToolResult::Ok({{"ticket_id", rows.Text("id")},
                         {"subject", rows.Text("subject")},
                         {"status", rows.Text("status")},
                         {"team", rows.Text("team")},
                         {"created_on", ToText(created)},
                         {"updated_on", ToText(updated)},
                         {"days_open", DaysBetween(created, scope.today)}});
}

// Customer service is open Monday to Friday and on Saturday mornings.
bool IsOpen(Day day, std::string_view part) {
  if (absl::GetWeekday(day) == absl::Weekday::saturday) return part == "morning";
  return IsWorkingDay(day);
}

bool IsOver(Scope& scope, Day day, std::string_view part) {
  if (day != scope.today) return day < scope.today;
  const int hour = static_cast<int>(absl::ToCivilHour(scope.now, absl::UTCTimeZone()).hour());
  return hour >= (part == "morning" ? kMorningEnds : kAfternoonEnds);
}

// The first open part of a day at or after now that fits what was asked.
bool NextPart(Scope& scope, const std::string& wanted, Day& day, std::string& part) {
  for (day = scope.today; DaysBetween(scope.today, day) <= kFarthestCallbackDays; ++day) {
    for (const char* candidate : {"morning", "afternoon"}) {
      if (!wanted.empty() && wanted != candidate) continue;
      part = candidate;
      if (IsOpen(day, part) && !IsOver(scope, day, part)) return true;
    }
  }
  return false;
}

// Chooses day and part; "" or the reason code why that day cannot be.
std::string_view ChooseCall(Scope& scope, Day& day, std::string& part) {
  const std::string wanted = scope.Text("part");
  const std::optional<Day> asked = DayOf(scope.Text("day"));
  if (!asked) return NextPart(scope, wanted, day, part) ? "" : "closed_that_day";
  day = *asked;
  if (day < scope.today) return "past";
  if (DaysBetween(scope.today, day) > kFarthestCallbackDays) return "too_far_ahead";
  part = !wanted.empty() ? wanted : IsOver(scope, day, "morning") ? "afternoon" : "morning";
  if (!IsOpen(day, part)) return "closed_that_day";
  return IsOver(scope, day, part) ? "past" : "";
}

ToolResult CreateCallback(Scope& scope) {
  Day day;
  std::string part;
  if (const std::string_view why = ChooseCall(scope, day, part); !why.empty()) {
    return ToolResult::Rejected(why, "no call can be booked for that time");
  }
  const std::string phone = scope.Text("phone");
  if (scope.db
          .Query("SELECT 1 FROM callbacks WHERE phone = ? AND day = ? AND status = 'booked'", phone,
                 ToText(day))
          .Next()) {
    return ToolResult::Rejected("already_booked", "a call to this number is booked for that day");
  }
  const std::string id = scope.NewId("C-");
  scope.db.Run(
      "INSERT INTO callbacks(id, customer_id, phone, day, part, topic, created_at) "
      "VALUES(?, ?, ?, ?, ?, ?, ?)",
      id, Nullable(scope.customer), phone, ToText(day), part, scope.Text("topic"), scope.Now());
  const bool saturday = absl::GetWeekday(day) == absl::Weekday::saturday;
  const bool morning = part == "morning";
  return ToolResult::Ok({{"callback_id", id},
                         {"day", ToText(day)},
                         {"from", saturday  ? "10:00"
                                  : morning ? "09:00"
                                            : "13:00"},
                         {"to", saturday  ? "14:00"
                                : morning ? "13:00"
                                          : "18:00"},
                         {"part", part}});
}

struct LeadScore {
  int64_t score = 0;
  std::string grade;
  int64_t discount = 0;
};

// Points for size, budget, time and authority; docs/demo_crm.md has the table.
LeadScore ScoreOf(Scope& scope) {
  const int64_t quantity = scope.Integer("quantity").value_or(0);
  const int64_t budget = scope.Integer("budget").value_or(0);  // cents
  const std::string timeframe = scope.Text("timeframe");
  LeadScore lead;
  lead.score += quantity >= 100 ? 35 : quantity >= 30 ? 25 : quantity >= 10 ? 15 : 0;
  lead.score += budget >= 500000 ? 30 : budget >= 100000 ? 20 : budget > 0 ? 8 : 0;
  lead.score += timeframe == "now"            ? 25
                : timeframe == "this_month"   ? 20
                : timeframe == "this_quarter" ? 10
                : timeframe == "later"        ? 2
                                              : 0;
  lead.score += scope.Flag("decides").value_or(false) ? 10 : 0;
  lead.grade = lead.score >= 60 ? "hot" : lead.score >= 30 ? "warm" : "cold";
  lead.discount = budget >= 1500000 ? 12 : budget >= 500000 ? 8 : budget >= 100000 ? 5 : 0;
  return lead;
}

ToolResult ScoreLead(Scope& scope) {
  const LeadScore lead = ScoreOf(scope);
  return ToolResult::Ok(
      {{"score", lead.score}, {"grade", lead.grade}, {"business_discount", lead.discount}});
}

ToolResult CreateLead(Scope& scope) {
  const LeadScore lead = ScoreOf(scope);
  const std::string id = scope.NewId("L-");
  const std::string contact_by = ToText(AddWorkingDays(scope.today, 1));
  scope.db.Run(
      "INSERT INTO leads(id, customer_id, name, email, company, interest, quantity, budget, "
      "timeframe, score, grade, created_at, contact_by) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?)",
      id, Nullable(scope.customer), scope.Text("name"), scope.Text("email"), scope.Text("company"),
      scope.Text("interest"), scope.Integer("quantity"), scope.Integer("budget"),
      Nullable(scope.Text("timeframe")), lead.score, lead.grade, scope.Now(), contact_by);
  return ToolResult::Ok({{"lead_id", id},
                         {"score", lead.score},
                         {"grade", lead.grade},
                         {"contact_by", contact_by},
                         {"business_discount", lead.discount}});
}

}  // namespace

std::vector<NamedHandler> ServiceHandlers() {
  return {{"tickets.create", CreateTicket, true},
          {"tickets.get", GetTicket, false},
          {"callbacks.create", CreateCallback, true},
          {"leads.score", ScoreLead, false},
          {"leads.create", CreateLead, true}};
}

}  // namespace frontdesk::tools
