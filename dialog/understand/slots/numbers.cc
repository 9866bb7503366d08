#include "dialog/understand/slots/numbers.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace frontdesk::understand {

namespace {

constexpr size_t kMostDigits = 15;

// "zwei" + "hundert" + rest, "vier" + "und" + "vierzig".
std::optional<int64_t> ReadCompound(const std::string& key, const Phrasebook& book, int depth) {
  if (const auto value = book.numbers.Value(key)) return *value;
  if (const auto value = book.multipliers.Value(key)) return *value;
  if (depth > 3 || key.size() < 6) return std::nullopt;
  for (const auto& [word, factor] : {std::pair<std::string, int>{"tausend", 1000},
                                     std::pair<std::string, int>{"hundert", 100}}) {
    if (book.multipliers.Value(word) != factor) continue;
    const size_t at = key.find(word);
    if (at == std::string::npos) continue;
    const std::string left = key.substr(0, at), right = key.substr(at + word.size());
    const auto many = left.empty() ? std::optional<int64_t>(1) : ReadCompound(left, book, depth + 1);
    const auto rest = right.empty() ? std::optional<int64_t>(0) : ReadCompound(right, book, depth + 1);
    if (many && rest && *rest < factor) return *many * factor + *rest;
  }
  for (const std::string& joiner : book.joiners) {
    for (size_t at = key.find(joiner, 1); at != std::string::npos; at = key.find(joiner, at + 1)) {
      const auto unit = book.numbers.Value(key.substr(0, at));
      const auto ten = book.numbers.Value(key.substr(at + joiner.size()));
      if (unit && ten && *unit < 10 && *ten >= 20 && *ten % 10 == 0) return *unit + *ten;
    }
  }
  return std::nullopt;
}

int64_t ToInteger(const std::string& digits) {
  return digits.size() > kMostDigits ? 0 : std::strtoll(digits.c_str(), nullptr, 10);
}

// A hyphen between two number words: "twenty-one".
bool Hyphen(const Message& m, size_t i) {
  return m.IsMark(i, '-') && m.tokens[i].joined && i + 1 < m.size() && m.tokens[i + 1].joined;
}

}  // namespace

std::optional<int64_t> ReadNumberWord(const std::string& key, const Phrasebook& book) {
  return ReadCompound(key, book, 0);
}

std::optional<NumberWord> ReadCardinal(const Message& m, size_t at, const Phrasebook& book) {
  if (at >= m.size()) return std::nullopt;
  if (m.IsNumber(at)) {
    if (m.key(at).size() > kMostDigits) return std::nullopt;
    return NumberWord{ToInteger(m.key(at)), 1};
  }
  int64_t total = 0, group = 0;
  size_t i = at;
  bool any = false;
  // "a hundred": the article counts one only before a multiplier.
  if (book.articles_as_one.Match(m, i) == 1 && i + 1 < m.size() &&
      book.multipliers.Value(m.key(i + 1))) {
    group = 1;
    ++i;
  }
  int64_t last = 0;  // the last word's value: tens may be followed by a unit
  while (i < m.size() && m.tokens[i].kind == MessageToken::kWord) {
    const auto factor = book.multipliers.Value(m.key(i));
    const auto value = factor ? std::nullopt : ReadNumberWord(m.key(i), book);
    if (factor) {
      if (*factor == 1000) {
        total += std::max<int64_t>(group, 1) * 1000;
        group = 0;
      } else {
        group = std::max<int64_t>(group, 1) * *factor;
      }
      last = *factor;
    } else if (value) {
      const bool unit_after_ten = last >= 20 && last < 100 && last % 10 == 0 && *value < 10;
      const bool after_multiplier = last == 100 || last == 1000;
      if (any && !unit_after_ten && !(after_multiplier && *value < last)) break;
      group += *value;
      last = *value;
    } else {
      break;
    }
    any = true;
    ++i;
    if (Hyphen(m, i) && ReadNumberWord(m.key(i + 1), book)) ++i;
    const size_t conjunction = book.number_and.Match(m, i);
    if (conjunction > 0 && (last == 100 || last == 1000) && i + conjunction < m.size() &&
        ReadNumberWord(m.key(i + conjunction), book)) {
      i += conjunction;
    }
  }
  if (!any) return std::nullopt;
  return NumberWord{total + group, i - at};
}

DigitRun ReadDigitRun(const Message& m, size_t at, const Phrasebook& book) {
  DigitRun run;
  size_t i = at;
  int64_t last_ten = 0;  // a ten just said, waiting for its unit
  const auto flush_ten = [&] {
    if (last_ten > 0) run.digits += std::to_string(last_ten);
    last_ten = 0;
  };
  while (i < m.size()) {
    size_t used = 1;
    int repeat = 1;
    if (const auto repeats = book.digit_repeats.Find(m, i); repeats.tokens > 0) {
      repeat = repeats.value;
      i += repeats.tokens;
      if (i >= m.size()) break;
    }
    if (m.IsNumber(i)) {
      flush_ten();
      for (int r = 0; r < repeat; ++r) run.digits += m.key(i);
      run.short_pieces &= m.key(i).size() < 4;
    } else {
      std::optional<int64_t> value;
      if (const auto name = book.digit_names.Find(m, i); name.tokens > 0 && run.pieces > 0) {
        value = name.value;
        used = name.tokens;
      } else {
        value = ReadNumberWord(m.key(i), book);
      }
      if (!value || *value >= 100) break;
      if (last_ten > 0 && *value < 10 && *value > 0) {
        run.digits += std::to_string(last_ten + *value);
        last_ten = 0;
      } else {
        flush_ten();
        if (*value >= 20 && *value % 10 == 0) {
          last_ten = *value;
        } else {
          for (int r = 0; r < repeat; ++r) run.digits += std::to_string(*value);
        }
      }
      run.spoken = true;
    }
    i += used;
    ++run.pieces;
    run.tokens = i - at;
    // What may stand between two pieces: a hyphen, a filler, a comma after single figures.
    size_t next = i;
    while (next < m.size()) {
      if (m.IsMark(next, '-') || m.IsMark(next, '.') || m.IsMark(next, '/')) {
        if (!m.tokens[next].joined) break;
        ++next;
      } else if (m.IsMark(next, ',') && (run.spoken || run.short_pieces)) {
        // "not four one seven one, four four one seven": two numbers, not one of eight digits.
        const size_t so_far = run.digits.size() + (last_ten > 0 ? 2 : 0);
        if (so_far >= 4 && ReadDigitRun(m, next + 1, book).digits.size() >= 4) break;
        ++next;
      } else if (book.fillers.Match(m, next) > 0 && run.spoken && !book.number_and.Match(m, next)) {
        next += book.fillers.Match(m, next);
      } else {
        break;
      }
    }
    if (next >= m.size() || (m.tokens[next].kind == MessageToken::kMark)) break;
    i = next;
  }
  flush_ten();
  return run;
}

std::optional<Figure> ReadFigure(const Message& m, size_t at) {
  if (!m.IsNumber(at)) return std::nullopt;
  std::vector<std::string> groups = {m.key(at)};
  std::vector<char> separators;
  size_t i = at + 1;
  while (i + 1 < m.size() && m.tokens[i].joined && m.tokens[i + 1].joined && m.IsNumber(i + 1) &&
         (m.IsMark(i, '.') || m.IsMark(i, ',') || m.IsMark(i, '\''))) {
    separators.push_back(m.key(i)[0]);
    groups.push_back(m.key(i + 1));
    i += 2;
  }
  Figure figure;
  figure.tokens = i - at;
  figure.separated = !separators.empty();
  // The last separator is the decimal mark when one or two figures follow it and no other group
  // uses it; before it, every group but the first must have three figures.
  size_t whole_groups = groups.size();
  if (!separators.empty() && groups.back().size() <= 2 && separators.back() != '\'') {
    whole_groups -= 1;
    figure.decimals = static_cast<int>(groups.back().size());
  }
  std::string whole = groups[0];
  for (size_t g = 1; g < whole_groups; ++g) {
    if (groups[g].size() != 3) return std::nullopt;
    whole += groups[g];
  }
  if (figure.decimals > 0 && separators.size() > 1 && whole_groups > 1 &&
      separators[0] == separators.back()) {
    return std::nullopt;  // 1.234.56
  }
  if (whole.size() > 12) return std::nullopt;
  figure.hundredths = ToInteger(whole) * 100;
  if (figure.decimals > 0) {
    figure.hundredths += ToInteger(groups.back()) * (figure.decimals == 1 ? 10 : 1);
  }
  return figure;
}

}  // namespace frontdesk::understand
