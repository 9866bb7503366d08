// Numbers, dates, prices and durations of a text in one spelling.
//
// Pure; thread-safe.
//
//   FactsOf("two years, 1,500.00 EUR, 9 March", "en")   // {"1500", "2", "9", "month 3"}
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::dialog {

// Digits with grouping and trailing zeros undone, number words from two on, months. Sorted,
// no repeats. language: "de" reads German number words, anything else English ones.
std::vector<std::string> FactsOf(std::string_view text, std::string_view language);

}  // namespace frontdesk::dialog
