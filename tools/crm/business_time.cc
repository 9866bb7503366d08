#include "tools/crm/business_time.h"

#include <algorithm>

namespace frontdesk::tools {

std::optional<Day> DayOf(std::string_view text) {
  if (text.size() < 10) return std::nullopt;
  Day day;
  if (!absl::ParseCivilTime(absl::string_view(text.data(), 10), &day)) return std::nullopt;
  return day;
}

Day DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

std::string ToText(Day day) { return absl::FormatCivilTime(day); }

std::string ToTimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

int64_t DaysBetween(Day from, Day to) { return to - from; }

bool IsWorkingDay(Day day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) return false;
  const int date = day.month() * 100 + day.day();
  return date != 101 && date != 317 && date != 1225 && date != 1226;
}

Day AddWorkingDays(Day day, int count) {
  while (count > 0) {
    ++day;
    if (IsWorkingDay(day)) --count;
  }
  return day;
}

int64_t WorkingDaysBetween(Day from, Day to) {
  int64_t count = 0;
  // Longer spans than three years say no more than "very long" to any rule here.
  const Day end = std::min(to, from + 1100);
  for (Day day = from + 1; day <= end; ++day) count += IsWorkingDay(day) ? 1 : 0;
  return count;
}

Day AddMonths(Day day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const Day last = Day(month + 1) - 1;
  return std::min(Day(month.year(), month.month(), 1) + (day.day() - 1), last);
}

}  // namespace frontdesk::tools
