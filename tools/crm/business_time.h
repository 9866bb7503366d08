// Days and working days of the shop, computed from texts of the CRM and the
// recorded time of a turn. Pure functions, thread-safe, no clock, no time zone
// data: days are UTC days.
//
// Example:
//   Day delivered = *DayOf("2026-11-10T14:20:00Z");
//   DaysBetween(delivered, DayOf(call.now));             // 12
//   AddWorkingDays(*DayOf("2026-11-20"), 1);             // Friday → Monday 2026-11-23
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace frontdesk::tools {

using Day = absl::CivilDay;

// The first ten characters of "2026-11-10…" as a day; nullopt for other texts.
std::optional<Day> DayOf(std::string_view text);
Day DayOf(absl::Time time);
std::string ToText(Day day);              // "2026-11-10"
std::string ToTimeText(absl::Time time);  // "2026-11-10T14:20:00Z"
int64_t DaysBetween(Day from, Day to);    // negative when `to` is earlier

// Working days: Monday to Friday, the shop's public holidays excepted
// (1 January, 17 March, 25 and 26 December).
bool IsWorkingDay(Day day);
Day AddWorkingDays(Day day, int count);  // count ≥ 0; 0: the day itself
// Working days after `from` up to and including `to`; 0 when not later.
int64_t WorkingDaysBetween(Day from, Day to);
// The same day of the month `months` later, or the last of a shorter month.
Day AddMonths(Day day, int months);

}  // namespace frontdesk::tools
