#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "retrieval/report/knowledge_report.h"
#include "text/normalise.h"
#include "text/segment.h"

namespace frontdesk::retrieval {
namespace {

// Months by name, folded, in the languages whose documents we know best.
int MonthOf(std::string_view folded) {
  static const std::map<std::string_view, int> kMonths = {
      {"january", 1},   {"jan", 1},     {"januar", 1},    {"janvier", 1},   {"enero", 1},
      {"february", 2},  {"feb", 2},     {"februar", 2},   {"fevrier", 2},   {"febrero", 2},
      {"march", 3},     {"mar", 3},     {"marz", 3},      {"maerz", 3},     {"mars", 3},
      {"marzo", 3},     {"april", 4},   {"apr", 4},       {"avril", 4},     {"abril", 4},
      {"may", 5},       {"mai", 5},     {"mayo", 5},      {"june", 6},      {"jun", 6},
      {"juni", 6},      {"juin", 6},    {"junio", 6},     {"july", 7},      {"jul", 7},
      {"juli", 7},      {"juillet", 7}, {"julio", 7},     {"august", 8},    {"aug", 8},
      {"aout", 8},      {"agosto", 8},  {"september", 9}, {"sep", 9},       {"sept", 9},
      {"septembre", 9}, {"septiembre", 9}, {"october", 10}, {"oct", 10},    {"oktober", 10},
      {"octobre", 10},  {"octubre", 10}, {"november", 11}, {"nov", 11},     {"novembre", 11},
      {"noviembre", 11}, {"december", 12}, {"dec", 12},   {"dezember", 12}, {"decembre", 12},
      {"diciembre", 12}};
  const auto at = kMonths.find(folded);
  return at == kMonths.end() ? 0 : at->second;
}

// Words before a date that make it an end.
bool EndsSomething(std::string_view folded) {
  static constexpr std::array kWords = {"until",  "till",  "through", "expires", "expired", "ends",
                                        "ended",  "end",   "before",  "by",      "bis",     "endet",
                                        "jusqu'au", "hasta", "to"};
  for (const char* word : kWords) {
    if (folded == word) return true;
  }
  return false;
}

std::optional<int> Digits(std::string_view word, size_t least, size_t most) {
  size_t size = 0;
  int value = 0;
  while (size < word.size() && word[size] >= '0' && word[size] <= '9' && size < 5) {
    value = value * 10 + (word[size++] - '0');
  }
  // "3rd", "1st": letters may follow the day.
  const bool ordinal = size <= 2 && word.size() - size == 2;
  if (size < least || size > most || (size != word.size() && !ordinal)) return std::nullopt;
  return value;
}

std::optional<int> YearOf(std::string_view word) {
  const auto year = Digits(word, 4, 4);
  return year && *year >= 1990 && *year <= 2099 ? year : std::nullopt;
}

struct FoundDate {
  CalendarDay last;  // of a month or year alone: its last day
  bool whole = false;  // names its day
  size_t words = 0;
};

int LastDayOf(int year, int month) {
  static constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[static_cast<size_t>(month - 1)] + (leap ? 1 : 0);
}

// The date that begins at word `at`: "31 December 2024", "December 31, 2024", "December 2024",
// "2024-12-31" (as words 2024, 12, 31), "31.12.2024" (one word), "2024".
std::optional<FoundDate> DateAt(const std::vector<std::string>& words, size_t at) {
  const auto word = [&](size_t i) { return i < words.size() ? words[i] : std::string(); };
  const auto whole = [](int y, int m, int d, size_t n) -> std::optional<FoundDate> {
    if (m < 1 || m > 12 || d < 1 || d > LastDayOf(y, m)) return std::nullopt;
    return FoundDate{{y, m, d}, true, n};
  };
  if (const auto year = YearOf(word(at))) {
    const auto month = Digits(word(at + 1), 2, 2), day = Digits(word(at + 2), 2, 2);
    if (month && day) {
      if (const auto date = whole(*year, *month, *day, 3)) return date;
    }
    return FoundDate{{*year, 12, 31}, false, 1};
  }
  if (const int month = MonthOf(word(at)); month != 0) {
    const auto day = Digits(word(at + 1), 1, 2);
    const auto year = YearOf(word(at + (day ? 2 : 1)));
    if (!year) return std::nullopt;
    if (day) return whole(*year, month, *day, 3);
    return FoundDate{{*year, month, LastDayOf(*year, month)}, false, 2};
  }
  const std::string first = word(at);
  if (const auto day = Digits(first, 1, 2)) {
    const int month = MonthOf(word(at + 1));
    const auto year = YearOf(word(at + 2));
    if (month != 0 && year) return whole(*year, month, *day, 3);
  }
  const size_t dot = first.find('.');
  const size_t second = dot == std::string::npos ? dot : first.find('.', dot + 1);
  if (second != std::string::npos) {
    const auto day = Digits(first.substr(0, dot), 1, 2);
    const auto month = Digits(first.substr(dot + 1, second - dot - 1), 1, 2);
    const auto year = YearOf(first.substr(second + 1));
    if (day && month && year) return whole(*year, *month, *day, 1);
  }
  return std::nullopt;
}

}  // namespace

std::vector<StaleDate> FindStaleDates(const std::vector<const Passage*>& passages,
                                      const CalendarDay& today) {
  constexpr size_t kReach = 4;  // words before a date that are looked at
  std::vector<StaleDate> out;
  for (const Passage* passage : passages) {
    for (const text::Span& sentence : text::Sentences(passage->text, passage->language)) {
      const std::string_view said = text::Slice(passage->text, sentence);
      std::vector<std::string> words;
      for (const text::Span& span : text::Words(said, passage->language)) {
        words.push_back(text::FoldText(text::Slice(said, span)));
      }
      std::optional<CalendarDay> latest;
      for (size_t at = 0; at < words.size(); ++at) {
        const auto date = DateAt(words, at);
        if (!date) continue;
        bool ends = date->whole;
        for (size_t back = 1; back <= kReach && back <= at; ++back) {
          ends = ends || EndsSomething(words[at - back]);
        }
        // A bare year is a date only where something ends with it.
        if (ends && (!latest || date->last > *latest)) latest = date->last;
        at += date->words - 1;
      }
      // A period that still runs is not stale, though it began in the past.
      if (latest && *latest < today) out.push_back({{passage, sentence}, *latest});
    }
  }
  return out;
}

}  // namespace frontdesk::retrieval
