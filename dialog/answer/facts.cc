#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialog/answer/facts.h"
#include "text/analyse.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

// "one" and "ein" are left out: they are articles and pronouns more often than numbers.
constexpr std::array kEnglishNumbers = std::to_array<Word>(
    {{"two", "2"},       {"three", "3"},     {"four", "4"},      {"five", "5"},
     {"six", "6"},       {"seven", "7"},     {"eight", "8"},     {"nine", "9"},
     {"ten", "10"},      {"eleven", "11"},   {"twelve", "12"},   {"thirteen", "13"},
     {"fourteen", "14"}, {"fifteen", "15"},  {"sixteen", "16"},  {"seventeen", "17"},
     {"eighteen", "18"}, {"nineteen", "19"}, {"twenty", "20"},   {"thirty", "30"},
     {"forty", "40"},    {"fifty", "50"},    {"sixty", "60"},    {"seventy", "70"},
     {"eighty", "80"},   {"ninety", "90"},   {"hundred", "100"}, {"thousand", "1000"},
     {"half", "0.5"},    {"twice", "2"}});
constexpr std::array kGermanNumbers = std::to_array<Word>(
    {{"zwei", "2"},      {"drei", "3"},       {"vier", "4"},     {"funf", "5"},
     {"sechs", "6"},     {"sieben", "7"},     {"acht", "8"},     {"neun", "9"},
     {"zehn", "10"},     {"elf", "11"},       {"zwolf", "12"},   {"vierzehn", "14"},
     {"zwanzig", "20"},  {"dreissig", "30"},  {"vierzig", "40"}, {"funfzig", "50"},
     {"sechzig", "60"},  {"siebzig", "70"},   {"achtzig", "80"}, {"neunzig", "90"},
     {"hundert", "100"}, {"tausend", "1000"}, {"halb", "0.5"}});
constexpr std::array kMonths = std::to_array<Word>({{"january", "month 1"},
                                                    {"february", "month 2"},
                                                    {"march", "month 3"},
                                                    {"april", "month 4"},
                                                    {"june", "month 6"},
                                                    {"july", "month 7"},
                                                    {"august", "month 8"},
                                                    {"september", "month 9"},
                                                    {"october", "month 10"},
                                                    {"november", "month 11"},
                                                    {"december", "month 12"},
                                                    {"januar", "month 1"},
                                                    {"februar", "month 2"},
                                                    {"marz", "month 3"},
                                                    {"juni", "month 6"},
                                                    {"juli", "month 7"},
                                                    {"oktober", "month 10"},
                                                    {"dezember", "month 12"}});

template <size_t N>
std::string_view Look(const std::array<Word, N>& table, std::string_view word) {
  const auto it =
      std::find_if(table.begin(), table.end(), [word](const Word& w) { return w.first == word; });
  return it == table.end() ? std::string_view() : it->second;
}

bool Digit(char c) { return c >= '0' && c <= '9'; }

// A run of digits with separators as a canonical number: "1,500" → "1500", "4,90" → "4.9",
// "09:30" → "9:30". A separator before exactly three digits groups thousands; before one or
// two it is the decimal point.
std::string Canonical(std::string_view run) {
  if (const size_t colon = run.find(':'); colon != std::string_view::npos) {
    std::string hour(run.substr(0, colon));
    while (hour.size() > 1 && hour[0] == '0') hour.erase(0, 1);
    return hour + std::string(run.substr(colon));
  }
  std::string whole, fraction;
  for (size_t at = 0; at < run.size();) {
    size_t end = at;
    while (end < run.size() && Digit(run[end])) ++end;
    const std::string_view digits = run.substr(at, end - at);
    if (at > 0 && end == run.size() && digits.size() != 3) {
      fraction = std::string(digits);
    } else {
      whole += digits;
    }
    at = end + 1;
  }
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  while (whole.size() > 1 && whole[0] == '0') whole.erase(0, 1);
  return fraction.empty() ? whole : whole + "." + fraction;
}

}  // namespace

std::vector<std::string> FactsOf(std::string_view text, std::string_view language) {
  const std::string folded = text::StripAccents(text::FoldText(text));
  std::vector<std::string> facts;
  for (size_t i = 0; i < folded.size();) {
    if (Digit(folded[i])) {
      size_t end = i + 1;
      while (end < folded.size() &&
             (Digit(folded[end]) ||
              ((folded[end] == '.' || folded[end] == ',' || folded[end] == ':') &&
               end + 1 < folded.size() && Digit(folded[end + 1])))) {
        ++end;
      }
      facts.push_back(Canonical(std::string_view(folded).substr(i, end - i)));
      i = end;
      continue;
    }
    if (!std::isalpha(static_cast<unsigned char>(folded[i]))) {
      ++i;
      continue;
    }
    size_t end = i + 1;
    while (end < folded.size() && std::isalpha(static_cast<unsigned char>(folded[end]))) ++end;
    const std::string_view word = std::string_view(folded).substr(i, end - i);
    std::string_view fact =
        language == "de" ? Look(kGermanNumbers, word) : Look(kEnglishNumbers, word);
    if (fact.empty()) fact = Look(kMonths, word);
    if (!fact.empty()) facts.emplace_back(fact);
    i = end;
  }
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return facts;
}

}  // namespace frontdesk::dialog
