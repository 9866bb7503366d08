#include "dialog/policy/business_hours.h"

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace frontdesk::dialog {
namespace {

constexpr const char* kEnglish[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                    "Friday", "Saturday", "Sunday"};
constexpr const char* kGerman[] = {"Montag",  "Dienstag", "Mittwoch", "Donnerstag",
                                   "Freitag", "Samstag",  "Sonntag"};

const std::optional<DayHours>* HoursOf(const Assistant& assistant, absl::CivilDay day) {
  if (assistant.holidays.contains(absl::FormatCivilTime(day))) return nullptr;
  const auto& hours = assistant.hours[static_cast<size_t>(absl::GetWeekday(day))];
  return hours ? &hours : nullptr;
}

}  // namespace

bool IsOpen(const Assistant& assistant, absl::Time now) {
  if (assistant.always_open) return true;
  const absl::CivilMinute minute = absl::ToCivilMinute(now, assistant.timezone);
  const auto* hours = HoursOf(assistant, absl::CivilDay(minute));
  if (hours == nullptr) return false;
  const int at = minute.hour() * 60 + minute.minute();
  return at >= (*hours)->open && at < (*hours)->close;
}

std::string NextOpening(const Assistant& assistant, absl::Time now, std::string_view language) {
  if (assistant.always_open) return "";
  const absl::CivilMinute minute = absl::ToCivilMinute(now, assistant.timezone);
  const int at = minute.hour() * 60 + minute.minute();
  for (int ahead = 0; ahead < 15; ++ahead) {
    const absl::CivilDay day = absl::CivilDay(minute) + ahead;
    const auto* hours = HoursOf(assistant, day);
    if (hours == nullptr || (ahead == 0 && at >= (*hours)->open)) continue;
    const size_t weekday = static_cast<size_t>(absl::GetWeekday(day));
    const char* name = language.substr(0, 2) == "de" ? kGerman[weekday] : kEnglish[weekday];
    return absl::StrFormat("%s %02d:%02d", name, (*hours)->open / 60, (*hours)->open % 60);
  }
  return "";
}

}  // namespace frontdesk::dialog
