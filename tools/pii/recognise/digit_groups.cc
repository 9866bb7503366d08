#include "tools/pii/recognise/digit_groups.h"

#include <algorithm>
#include <array>

#include "absl/container/flat_hash_map.h"

namespace frontdesk::tools {
namespace {

// value 0..19 and the tens; kTimes repeats the next digit; kScale appends zeros.
enum class Kind : std::uint8_t { kUnit, kTeen, kTens, kTimes, kScale };
struct NumberWord {
  Kind kind;
  int value;
};

const absl::flat_hash_map<std::string_view, NumberWord>& NumberWords() {
  static const auto* const words = [] {
    auto* map = new absl::flat_hash_map<std::string_view, NumberWord>();
    const auto units = [&](std::initializer_list<const char*> names) {  // from zero up
      int value = 0;
      for (const char* name : names) (*map)[name] = {Kind::kUnit, value++};
    };
    units({"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"});
    units({"null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"});
    units({"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"});
    units({"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"});
    units({"zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"});
    units({"nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"});
    units({"zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove"});
    for (const char* zero : {"oh", "o", "nought", "naught", "nil"}) (*map)[zero] = {Kind::kUnit, 0};
    (*map)["zwo"] = {Kind::kUnit, 2};
    (*map)["fuenf"] = {Kind::kUnit, 5};
    (*map)["meia"] = {Kind::kUnit, 6};
    (*map)["niner"] = {Kind::kUnit, 9};
    int teen = 10;
    for (const char* name : {"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
                             "sixteen", "seventeen", "eighteen", "nineteen"}) {
      (*map)[name] = {Kind::kTeen, teen++};
    }
    int tens = 2;
    for (const char* name :
         {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}) {
      (*map)[name] = {Kind::kTens, tens++};
    }
    (*map)["double"] = {Kind::kTimes, 2};
    (*map)["doppel"] = {Kind::kTimes, 2};
    (*map)["doble"] = {Kind::kTimes, 2};
    (*map)["triple"] = {Kind::kTimes, 3};
    (*map)["treble"] = {Kind::kTimes, 3};
    (*map)["hundred"] = {Kind::kScale, 2};
    (*map)["thousand"] = {Kind::kScale, 3};
    return map;
  }();
  return *words;
}

// Bit n: some number word of n bytes begins with the byte. Most words end their search here.
using LengthsByFirst = std::array<std::uint16_t, 256>;
const LengthsByFirst& NumberWordLengths() {
  static const LengthsByFirst lengths = [] {
    LengthsByFirst all{};
    for (const auto& [word, number] : NumberWords()) {
      all[static_cast<unsigned char>(word[0])] |= static_cast<std::uint16_t>(1u << word.size());
    }
    return all;
  }();
  return lengths;
}

struct Word {
  std::uint32_t begin, end;
  NumberWord number;
};

bool OnlyBlanks(std::string_view gap) {
  return gap.size() <= 2 && gap.find_first_not_of(" -") == std::string_view::npos;
}

// Puts spoken words [begin, end) into groups.
void AppendSpoken(std::string_view text, const std::vector<Word>& words, DigitGroups& groups) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Word& word = words[i];
    const auto next_is = [&](Kind kind) {
      return i + 1 < words.size() && words[i + 1].number.kind == kind &&
             OnlyBlanks(text.substr(word.end, words[i + 1].begin - word.end));
    };
    DigitGroup group = {word.begin, word.end, "", true};
    switch (word.number.kind) {
      case Kind::kUnit:
        group.digits = static_cast<char>('0' + word.number.value);
        break;
      case Kind::kTeen:
        group.digits = std::to_string(word.number.value);
        break;
      case Kind::kTens:
        group.digits = static_cast<char>('0' + word.number.value);
        if (next_is(Kind::kUnit) && words[i + 1].number.value > 0) {
          group.digits += static_cast<char>('0' + words[i + 1].number.value);
          group.end = words[++i].end;
        } else {
          group.digits += '0';
        }
        break;
      case Kind::kTimes:
        if (!next_is(Kind::kUnit)) continue;
        group.digits.assign(static_cast<std::size_t>(word.number.value),
                            static_cast<char>('0' + words[i + 1].number.value));
        group.end = words[++i].end;
        break;
      case Kind::kScale:
        continue;  // "a hundred": no digits of its own
    }
    if (word.number.kind == Kind::kUnit && next_is(Kind::kScale)) {
      group.digits.append(static_cast<std::size_t>(words[i + 1].number.value), '0');
      group.end = words[++i].end;
    }
    groups.push_back(std::move(group));
  }
}

}  // namespace

bool IsNumberWord(std::string_view word) { return NumberWords().contains(word); }

DigitGroups FindDigitGroups(const View& view) {
  const std::string_view text = view.text();
  DigitGroups groups;
  groups.reserve(8);  // of most messages
  std::vector<Word> words;
  const auto& known = NumberWords();
  const LengthsByFirst& lengths = NumberWordLengths();
  for (std::size_t i = 0; i < text.size();) {
    if (IsDigit(text[i])) {
      const std::size_t begin = i;
      while (i < text.size() && IsDigit(text[i])) ++i;
      groups.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(i),
                        std::string(text.substr(begin, i - begin)), false});
    } else if (IsLetter(text[i])) {
      const std::size_t begin = i;
      while (i < text.size() && IsLetter(text[i])) ++i;
      const std::size_t length = i - begin;
      if (length > 15 || (lengths[static_cast<unsigned char>(text[begin])] >> length & 1) == 0) continue;
      const auto found = known.find(text.substr(begin, i - begin));
      if (found == known.end()) continue;
      words.push_back(
          {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(i), found->second});
    } else {
      ++i;
    }
  }
  if (words.size() >= 2) {
    AppendSpoken(text, words, groups);
    std::sort(groups.begin(), groups.end(),
              [](const DigitGroup& a, const DigitGroup& b) { return a.begin < b.begin; });
  }
  return groups;
}

std::string_view Gap(const View& view, const DigitGroups& groups, std::size_t i) {
  return std::string_view(view.text()).substr(groups[i].end, groups[i + 1].begin - groups[i].end);
}

bool GapIs(const View& view, const DigitGroups& groups, std::size_t i, std::string_view allowed,
           std::size_t most) {
  const std::string_view gap = Gap(view, groups, i);
  if (groups[i].spoken || groups[i + 1].spoken) {
    return gap == " " || gap == ", " || gap == " and " || gap == "-" || gap == " - " ||
           gap == "... " || gap == ". " || gap == "\n";
  }
  std::size_t characters = 0;
  for (std::size_t c = 0; c < gap.size(); ++c) {
    if ((gap[c] & 0xC0) != 0x80) ++characters;
    if (allowed.find(gap[c]) == std::string_view::npos) return false;
  }
  return characters <= most;
}

std::string JoinDigits(const DigitGroups& groups, std::size_t first, std::size_t last) {
  std::string digits;
  for (std::size_t i = first; i < last; ++i) digits += groups[i].digits;
  return digits;
}

}  // namespace frontdesk::tools
