#include <cstdlib>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "dialog/understand/slots/mention.h"
#include "dialog/understand/slots/numbers.h"

namespace frontdesk::understand {

namespace {

using absl::CivilDay;
using absl::CivilMonth;
using absl::CivilYear;

std::string Iso(CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

// A date found at some token: the tokens it takes and its readings. `swung` is the reading on the
// other side of today, when nothing said decides the side: a slot that wants days to come takes it.
struct Found {
  size_t tokens = 0;
  CivilDay day;
  std::optional<CivilDay> other, swung;
};

std::optional<CivilDay> MakeDay(int64_t year, int64_t month, int64_t day) {
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const CivilDay made(year, static_cast<int>(month), static_cast<int>(day));
  if (made.month() != month) return std::nullopt;  // 31 April
  return made;
}

// Where an open date lies: before today, after it, or not said.
enum class Tense { kOpen, kPast, kFuture };

class Dates {
 public:
  explicit Dates(Reading* reading)
      : r_(*reading), m_(reading->message), book_(reading->book), today_(reading->input.today) {
    const bool past = book_.past_hints.In(m_), future = book_.future_hints.In(m_);
    tense_ = past ? Tense::kPast : future ? Tense::kFuture : Tense::kOpen;
  }

  void Run() {
    for (size_t i = 0; i < m_.size(); ++i) {
      if (r_.taken[i]) continue;
      Found best;
      for (const Found& found :
           {Relative(i), Weekday(i), MonthName(i), Numeric(i), DayOnly(i), RangeStart(i)}) {
        if (found.tokens > best.tokens && r_.Free(i, i + found.tokens)) best = found;
      }
      if (best.tokens == 0) continue;
      const size_t part = book_.day_parts.Match(m_, i + best.tokens);
      if (part > 0 && r_.Free(i, i + best.tokens + part)) best.tokens += part;
      Add(best, i);
      i += best.tokens;
      size_t link = 0;
      if (const std::optional<Day> until = RangeEnd(i, &link)) {
        const size_t tokens = until->tokens;
        if (const auto end = After(best.day, until->value)) {
          Found second{tokens, *end, {}};
          if (best.swung) second.swung = After(*best.swung, until->value);
          r_.Take(i, i + link);
          Add(second, i + link);
          i += link + tokens;
        }
      }
      --i;
    }
  }

 private:
  void Add(const Found& found, size_t at) {
    r_.Add(slot_type::kDate, Iso(found.day), at, at + found.tokens);
    if (found.other && *found.other != found.day) {
      r_.mentions.back().alternatives.push_back(Iso(*found.other));
    }
    if (found.swung) r_.mentions.back().swung = Iso(*found.swung);
  }

  // The day `value` of the first date's month, or of the next one where that would lie before it.
  static std::optional<CivilDay> After(CivilDay first, int64_t value) {
    for (int step = 0; step < 3; ++step) {
      const CivilMonth month = CivilMonth(first) + step;
      const auto made = MakeDay(month.year(), month.month(), value);
      if (made && *made > first) return made;
    }
    return std::nullopt;
  }

  // "yesterday", "3 days ago", "in two weeks", "vor drei Tagen".
  Found Relative(size_t i) const {
    if (const auto word = book_.day_words.Find(m_, i); word.tokens > 0 && !IsDayPart(i)) {
      return {word.tokens, today_ + word.value, {}};
    }
    const size_t ago = book_.ago_before.Match(m_, i), in = book_.in_future.Match(m_, i);
    const size_t lead = std::max(ago, in);
    int64_t count = 0;
    size_t at = i + lead;
    if (const auto n = ReadCardinal(m_, at, book_)) {
      count = n->value;
      at += n->tokens;
    } else if (const size_t article = book_.articles_as_one.Match(m_, at); article > 0) {
      count = 1;
      at += article;
    } else if (const auto some = book_.counts.Find(m_, at); some.tokens > 0) {
      count = some.value;
      at += some.tokens;
    } else {
      return {};
    }
    const auto unit = book_.unit_days.Find(m_, at);
    if (unit.tokens == 0 || count < 0 || count > 5000) return {};
    at += unit.tokens;
    const size_t after = book_.ago_after.Match(m_, at);
    int sign = 0;
    if (after > 0) {
      sign = -1;
      at += after;
    } else if (ago > 0) {
      sign = -1;
    } else if (in > 0) {
      sign = 1;
    } else if (const size_t now = book_.from_now.Match(m_, at); now > 0) {
      sign = 1;
      at += now;
    } else if (const size_t from = book_.counted_from.Match(m_, at); from > 0) {
      return CountedFrom(i, at + from, count * unit.value, unit.value);
    } else {
      return {};
    }
    return {at - i, Shift(sign * count, unit.value), {}};
  }

  // "am Morgen": a time of some day, and no day.
  bool IsDayPart(size_t i) const {
    return i > 0 && book_.day_parts.Match(m_, i) == 1 &&
           book_.day_part_leads.Match(m_, i - 1) == 1;
  }

  // "two weeks from Monday", "a week from today". Months and years count from today only.
  Found CountedFrom(size_t i, size_t at, int64_t days, int unit) const {
    if (const auto word = book_.day_words.Find(m_, at); word.tokens > 0) {
      const CivilDay day = unit < 30 ? today_ + days + word.value : Shift(days / unit, unit);
      return {at + word.tokens - i, day, {}};
    }
    const auto weekday = book_.weekdays.Find(m_, at);
    if (weekday.tokens == 0 || unit >= 30) return {};
    int ahead = weekday.value - TodayWeekday();
    if (ahead <= 0) ahead += 7;
    return {at + weekday.tokens - i, today_ + ahead + days, {}};
  }

  CivilDay Shift(int64_t count, int unit) const {
    if (unit == 365) return MoveMonths(12 * count);
    if (unit == 30) return MoveMonths(count);
    return today_ + count * unit;
  }
  CivilDay MoveMonths(int64_t count) const {
    const CivilMonth month = CivilMonth(today_) + count;
    const CivilDay last = CivilDay(month + 1) - 1;
    const CivilDay same = CivilDay(month) + (today_.day() - 1);
    return same > last ? last : same;
  }

  int TodayWeekday() const { return static_cast<int>(absl::GetWeekday(today_)) + 1; }

  // "on Monday", "last Friday", "next Tuesday", "Wednesday last week".
  Found Weekday(size_t i) const {
    size_t at = i;
    int shift = 0;  // -1 last, 1 next, 2 this, 3 the coming one
    if (const size_t c = book_.coming_words.Match(m_, at); c > 0) shift = 3, at += c;
    else if (const size_t n = book_.last_words.Match(m_, at); n > 0) shift = -1, at += n;
    else if (const size_t k = book_.next_words.Match(m_, at); k > 0) shift = 1, at += k;
    else if (const size_t t = book_.this_words.Match(m_, at); t > 0) shift = 2, at += t;
    const auto weekday = book_.weekdays.Find(m_, at);
    if (weekday.tokens == 0) return {};
    at += weekday.tokens;
    // "Sun" and "sat" are words of their own: only after a preposition or capitalised alone.
    const CivilDay monday = today_ - (TodayWeekday() - 1);
    const CivilDay this_week = monday + (weekday.value - 1);
    // "... last week", "... next week"
    for (const auto& [table, weeks] : {std::pair{&book_.last_words, -7}, {&book_.next_words, 7},
                                       {&book_.this_words, 0}}) {
      const size_t word = table->Match(m_, at);
      if (word == 0) continue;
      const size_t week = book_.week_words.Match(m_, at + word);
      if (week > 0) return {at + word + week - i, this_week + weeks, {}};
    }
    const CivilDay before = this_week < today_ ? this_week : this_week - 7;
    const CivilDay after = this_week > today_ ? this_week : this_week + 7;
    const size_t tokens = at - i;
    if (shift == -1) return {tokens, before, {}};
    if (shift == 2) return {tokens, this_week, {}};
    if (shift == 3) return {tokens, after, {}};
    if (shift == 1) {
      // On Wednesday, "next Friday" is the one of next week for most, this week's for some.
      return {tokens, this_week + 7, this_week > today_ ? std::optional(this_week) : std::nullopt};
    }
    if (this_week == today_) return {tokens, tense_ == Tense::kPast ? before : today_, {}, after};
    const bool ahead = tense_ == Tense::kFuture;
    return {tokens, ahead ? after : before, {}, ahead ? before : after};
  }

  // A day number with what may follow it: "3", "3rd", "3.", "third", "twenty first".
  struct Day {
    int64_t value = 0;
    size_t tokens = 0;
    bool ordinal = false;
  };
  std::optional<Day> ReadDay(size_t i) const {
    if (m_.IsNumber(i)) {
      if (m_.key(i).size() > 2) return std::nullopt;
      Day day{std::atoi(m_.key(i).c_str()), 1, false};
      static const char* const kSuffixes[] = {"st", "nd", "rd", "th"};
      for (const char* suffix : kSuffixes) {
        if (i + 1 < m_.size() && m_.tokens[i + 1].joined && m_.key(i + 1) == suffix) {
          day.tokens = 2;
          day.ordinal = true;
        }
      }
      if (!day.ordinal && m_.IsMark(i + 1, '.') && m_.tokens[i + 1].joined &&
          (i + 2 >= m_.size() || !m_.IsNumber(i + 2) || !m_.tokens[i + 2].joined)) {
        day.tokens = 2;
        day.ordinal = r_.input.locale.starts_with("de");
      }
      return day;
    }
    if (i >= m_.size()) return std::nullopt;
    const auto ten = book_.numbers.Value(m_.key(i));
    if (ten && (*ten == 20 || *ten == 30) && i + 1 < m_.size()) {
      const size_t next = m_.IsMark(i + 1, '-') ? i + 2 : i + 1;
      const auto unit = next < m_.size() ? book_.ordinals.Value(m_.key(next)) : std::nullopt;
      if (unit && *unit > 0 && *unit < 10) return Day{*ten + *unit, next + 1 - i, true};
    }
    const auto ordinal = book_.ordinals.Find(m_, i);
    if (ordinal.tokens == 1 && ordinal.value > 0 && ordinal.value <= 31) {
      return Day{ordinal.value, 1, true};
    }
    return std::nullopt;
  }

  std::optional<int64_t> ReadYear(size_t i, size_t* tokens) const {
    size_t at = i;
    if (m_.IsMark(at, ',')) ++at;
    if (!m_.IsNumber(at)) return std::nullopt;
    const std::string& key = m_.key(at);
    if (key.size() != 4 || (key[0] != '1' && key[0] != '2')) return std::nullopt;
    *tokens = at + 1 - i;
    return std::atoi(key.c_str());
  }

  // "3 May", "May 3rd, 2025", "the third of May", "am 3. Mai".
  Found MonthName(size_t i) const {
    if (const size_t lead = book_.on_day.Match(m_, i); lead > 0 && i + lead < m_.size()) {
      Found found = MonthName(i + lead);
      if (found.tokens > 0) found.tokens += lead;
      return found;
    }
    size_t at = i;
    int64_t month = 0, day = 0;
    if (const auto name = book_.months.Find(m_, at); name.tokens > 0) {
      at += name.tokens;
      if (m_.IsMark(at, '.')) ++at;
      const std::optional<Day> number = ReadDay(at);
      if (!number || (number->ordinal && number->tokens == 0)) return {};
      month = name.value;
      day = number->value;
      at += number->tokens;
      if (m_.IsMark(at - 1, '.') && !r_.input.locale.starts_with("de")) --at;
    } else {
      const std::optional<Day> number = ReadDay(at);
      if (!number) return {};
      at += number->tokens;
      at += book_.day_of.Match(m_, at);
      const auto after = book_.months.Find(m_, at);
      if (after.tokens == 0) return {};
      month = after.value;
      day = number->value;
      at += after.tokens;
    }
    size_t year_tokens = 0;
    if (const auto year = ReadYear(at, &year_tokens)) {
      const auto made = MakeDay(*year, month, day);
      if (made) return {at + year_tokens - i, *made, {}};
    }
    const auto made = NearestYear(month, day);
    if (!made) return {};
    return {at - i, *made, {}, MakeDay(made->year() + (*made < today_ ? 1 : -1), month, day)};
  }

  std::optional<CivilDay> NearestYear(int64_t month, int64_t day) const {
    std::optional<CivilDay> best;
    for (int64_t year = today_.year() - 1; year <= today_.year() + 1; ++year) {
      const auto made = MakeDay(year, month, day);
      if (!made) continue;
      if (tense_ == Tense::kPast && *made > today_) continue;
      if (tense_ == Tense::kFuture && *made < today_) continue;
      if (!best || std::llabs(*made - today_) < std::llabs(*best - today_)) best = made;
    }
    return best;
  }

  // "2026-04-30", "30.04.2026", "03/04/26", "12/05".
  Found Numeric(size_t i) const {
    if (!m_.IsNumber(i)) return {};
    const auto joined_number = [&](size_t at) { return m_.IsNumber(at) && m_.tokens[at].joined; };
    if (i + 2 >= m_.size() || !m_.tokens[i + 1].joined || !joined_number(i + 2)) return {};
    const char mark = m_.tokens[i + 1].kind == MessageToken::kMark ? m_.key(i + 1)[0] : ' ';
    if (mark != '/' && mark != '.' && mark != '-') return {};
    const int64_t a = std::atoll(m_.key(i).c_str()), b = std::atoll(m_.key(i + 2).c_str());
    const bool third = i + 4 < m_.size() && m_.IsMark(i + 3, mark) && m_.tokens[i + 3].joined &&
                       joined_number(i + 4);
    if (!third) {
      const bool short_parts = m_.key(i).size() <= 2 && m_.key(i + 2).size() <= 2;
      const bool wanted = mark == '/' || (mark == '.' && r_.Asked(slot_type::kDate));
      if (!short_parts || !wanted) return {};
      return Ordered(a, b, std::nullopt, 3);
    }
    int64_t c = std::atoll(m_.key(i + 4).c_str());
    if (m_.key(i).size() == 4) {
      const auto made = MakeDay(a, b, c);
      return made ? Found{5, *made, {}} : Found{};
    }
    if (m_.key(i + 4).size() == 2) c += 2000;
    if (c < 1900 || c > 2200 || m_.key(i).size() > 2 || m_.key(i + 2).size() > 2) return {};
    return Ordered(a, b, c, 5);
  }

  // Day and month by the locale's order; the other order when only that is a date.
  Found Ordered(int64_t a, int64_t b, std::optional<int64_t> year, size_t tokens) const {
    const bool month_first = r_.input.locale.ends_with("-US");
    const bool open = r_.input.locale.ends_with("-CA") || r_.input.locale == "en";
    const auto make = [&](int64_t day, int64_t month) {
      return year ? MakeDay(*year, month, day) : NearestYear(month, day);
    };
    const auto usual = month_first ? make(b, a) : make(a, b);
    const auto other = month_first ? make(a, b) : make(b, a);
    if (usual) return {tokens, *usual, open ? other : std::nullopt};
    if (other) return {tokens, *other, {}};
    return {};
  }

  // What follows a date and ends a range: "– 30", "to the 30th"; no count of something else, and
  // no date that is whole by itself. `link` is set to the tokens before the day.
  std::optional<Day> RangeEnd(size_t i, size_t* link) const {
    *link = m_.IsMark(i, '-') ? 1 : book_.range_words.Match(m_, i);
    if (*link == 0) return std::nullopt;
    const size_t at = i + *link;
    const std::optional<Day> day = ReadDay(at);
    if (!day || day->value < 1 || day->value > 31 || !r_.Free(at, at + day->tokens)) {
      return std::nullopt;
    }
    const size_t end = at + day->tokens;
    const bool counted = book_.measure_words.Match(m_, end) > 0 ||
                         book_.count_nouns.Match(m_, end) > 0 ||
                         book_.unit_days.Find(m_, end).tokens > 0 ||
                         (!day->ordinal && book_.currencies.Find(m_, end).tokens > 0);
    const bool dash = m_.IsMark(i, '-') && !(m_.tokens[i].joined && m_.tokens[at].joined);
    if (dash && !day->ordinal) return std::nullopt;  // "on the 3rd - 2 parcels"
    const bool bound = end < m_.size() && m_.tokens[end].joined &&
                       (m_.IsMark(end, '/') || m_.IsMark(end, '-') || m_.IsMark(end, ':'));
    if (counted || bound || MonthName(at).tokens > 0) return std::nullopt;
    return day;
  }

  // "the 5th to the 19th", "11-22nd": two days of a month, at least one said as a day.
  Found RangeStart(size_t i) const {
    const std::optional<Day> day = ReadDay(i);
    if (!day || day->value < 1 || day->value > 31) return {};
    size_t link = 0;
    const std::optional<Day> until = RangeEnd(i + day->tokens, &link);
    if (!until || !(day->ordinal || until->ordinal)) return {};
    const std::optional<CivilDay> ahead = After(today_ - 1, day->value);
    if (!ahead) return {};
    const std::optional<CivilDay> other = OtherMonth(*ahead);
    const bool past = tense_ == Tense::kPast && other.has_value();
    return {day->tokens, past ? *other : *ahead, {}, past ? ahead : other};
  }

  // "on the 15th", "am 15.".
  Found DayOnly(size_t i) const {
    const size_t lead = book_.on_day.Match(m_, i);
    const bool asked = r_.Asked(slot_type::kDate);
    if (lead == 0 && !asked) return {};
    const std::optional<Day> day = ReadDay(i + lead);
    if (!day || !day->ordinal || (!asked && !m_.IsNumber(i + lead))) return {};
    if (!asked && !r_.input.offered.empty()) return {};  // "the 2nd" points at an item
    const CivilMonth month(today_);
    for (int step = 0; step < 3; ++step) {
      const CivilMonth candidate = month + (tense_ == Tense::kFuture ? step : -step);
      const auto made = MakeDay(candidate.year(), candidate.month(), day->value);
      if (!made) continue;
      const bool fits = tense_ == Tense::kFuture ? *made >= today_ : *made <= today_;
      if (fits) return {lead + day->tokens, *made, {}, OtherMonth(*made)};
    }
    return {};
  }

  // The nearest same day of a month on the other side of today.
  std::optional<CivilDay> OtherMonth(CivilDay day) const {
    const bool past = day < today_;
    for (int step = 1; step <= 3; ++step) {
      const CivilMonth month = CivilMonth(day) + (past ? step : -step);
      const auto made = MakeDay(month.year(), month.month(), day.day());
      if (made && (past ? *made >= today_ : *made <= today_)) return made;
    }
    return std::nullopt;
  }

  Reading& r_;
  const Message& m_;
  const Phrasebook& book_;
  const CivilDay today_;
  Tense tense_ = Tense::kOpen;
};

}  // namespace

void FindDates(Reading* reading) { Dates(reading).Run(); }

}  // namespace frontdesk::understand
