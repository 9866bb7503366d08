// E-mail addresses, as written and as people hide or say them.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/hosts.h"

namespace frontdesk::tools {
namespace {

constexpr std::size_t kMaxLocal = 64, kMaxLabels = 8, kMaxLabel = 63;

enum class Strength { kSign, kMarked, kWord };  // "@", "(at)" or "arroba", " at "

struct AtMark {
  std::size_t begin, end;  // blanks around it included
  Strength strength;
  bool blanks;
};

// Bytes of a local part or label: ASCII and two-byte letters (Latin, Greek, Cyrillic);
// scripts written without blanks would swallow the sentence.
bool IsNameByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (byte >= 0x80 && byte < 0xE0);
}
// A continuation byte counts only behind a lead byte that is a name byte.
bool IsNameAt(std::string_view text, std::size_t i) {
  const char c = text[i];
  if ((c & 0xC0) == 0x80) return i > 0 && (static_cast<unsigned char>(text[i - 1]) & 0xE0) == 0xC0;
  return IsNameByte(c);
}
bool IsLocalAt(std::string_view text, std::size_t i) {
  return IsNameAt(text, i) || std::string_view("._%+'-").find(text[i]) != std::string_view::npos;
}

bool IsOneOf(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool Is(std::string_view text, std::size_t at, std::string_view word) {
  return text.substr(std::min(at, text.size())).starts_with(word);
}

// What closes the mark or bracket that a character opens; \0 when it opens none.
char ClosingMark(char open) {
  switch (open) {
    case '(':
      return ')';
    case '[':
      return ']';
    case '{':
      return '}';
    case '<':
      return '>';
    case '_':
    case '-':
    case '#':
    case '*':
    case '~':
    case '|':
      return open;
    default:
      return '\0';
  }
}

// The length of one of the words at text[at], brackets or dashes around it included:
// "(dot)", "[ dot ]", "_dot_", "[.]"; 0 when there is none. Bare words are not taken.
std::size_t MarkedLength(std::string_view text, std::size_t at,
                         std::span<const std::string_view> words) {
  if (at >= text.size()) return 0;
  const char close = ClosingMark(text[at]);
  if (close == '\0') return 0;
  std::size_t i = at + 1;
  while (i < text.size() && text[i] == ' ') ++i;
  if (i == text.size()) return 0;
  for (const std::string_view word : words) {
    if (text[i] != word[0]) continue;  // most of them
    if (!Is(text, i, word)) continue;
    std::size_t end = i + word.size();
    while (end < text.size() && text[end] == ' ') ++end;
    if (end < text.size() && text[end] == close) return end + 1 - at;
  }
  return 0;
}

constexpr auto kDotWords = std::to_array<std::string_view>(
    {"dot", "punkt", "punto", "point", "ponto", "punt", "d0t", "."});
constexpr auto kAtWords = std::to_array<std::string_view>({"at", "@", "ät", "a t"});
constexpr auto kBracketedA = std::to_array<std::string_view>({"a"});  // "(a)", as Germans write
constexpr auto kAtNames = std::to_array<std::string_view>(
    {"arroba", "arobase", "arobas", "chiocciola", "klammeraffe", "apenstaartje",
     "at the rate of", "at the rate", "at sign", "at-sign", "at symbol"});
// What stands before " at some dot com" when it is no address: "bought it at …".
constexpr auto kNoLocal = std::to_array<std::string_view>(
    {"it",     "them",  "us",    "him",   "her",    "you",       "this",   "that",   "these",
     "those",  "here",  "there", "is",    "are",    "was",       "be",     "bought", "ordered",
     "order",  "found", "seen",  "sold",  "look",   "available", "shop",   "items",  "stuff",
     "things", "one",   "ones",  "price", "cheaper", "anything", "something", "everything"});
constexpr std::string_view kIdeographicStop = "\xE3\x80\x82";

// A dot between labels or parts of a name at text[at]: its length with blanks around, 0 if none.
// spaced: " . " and " ." count too.
std::size_t DotLength(std::string_view text, std::size_t at, bool spaced) {
  if (at >= text.size()) return 0;
  if (text[at] == '.') {
    const bool blank = at + 1 < text.size() && text[at + 1] == ' ';
    return blank ? (spaced ? 2 : 0) : 1;
  }
  if (Is(text, at, kIdeographicStop)) return kIdeographicStop.size();
  std::size_t i = at;
  if (text[i] == ' ') ++i;
  if (const std::size_t marked = MarkedLength(text, i, kDotWords)) {
    const std::size_t end = i + marked;
    return end + (end < text.size() && text[end] == ' ' ? 1 : 0) - at;
  }
  if (i == at) return 0;
  for (const std::string_view word : kDotWords) {
    if (!Is(text, i, word)) continue;
    const std::size_t end = i + word.size();
    if (word == ".") {
      if (!spaced) return 0;
      return end + (end < text.size() && text[end] == ' ' ? 1 : 0) - at;
    }
    if (end < text.size() && text[end] == ' ') return end + 1 - at;
  }
  return 0;
}

struct Domain {
  std::size_t end;
  std::string name;  // labels joined by dots
  bool words;        // some dot was spelled
};

// The longest believable host name from `at` on.
std::optional<Domain> ParseDomain(std::string_view text, std::size_t at, const AtMark& mark) {
  std::optional<Domain> best;
  Domain now = {at, "", false};
  for (std::size_t label = 0; label < kMaxLabels; ++label) {
    const std::size_t begin = now.end;
    std::size_t end = begin;
    while (end < text.size() && (IsNameAt(text, end) || text[end] == '-')) ++end;
    if (end - begin > kMaxLabel) break;
    // "_dot_" and "-dot-" end a label; so does a dash before anything else than a name.
    while (end > begin && text[end - 1] == '-') --end;
    const std::size_t inner = text.substr(begin, end - begin).find("-dot-");
    if (inner != std::string_view::npos) end = begin + inner;
    if (end == begin) break;
    const std::string_view name = text.substr(begin, end - begin);
    now.name += name;
    now.end = end;
    const bool letters = name.find_first_of("0123456789") == std::string_view::npos;
    const bool plain = mark.strength == Strength::kSign && !mark.blanks && !now.words;
    if (label > 0 && (IsKnownTopLevel(name) || name.starts_with("xn--") ||
                      (plain && letters && name.size() >= 2 && !best))) {
      best = now;
    }
    const bool spaced = mark.strength != Strength::kWord && mark.blanks;
    const std::size_t dot = DotLength(text, end, spaced);
    if (dot == 0) break;
    now.words = now.words || dot > 1;
    now.name += '.';
    now.end = end + dot;
  }
  return best;
}

struct Local {
  std::size_t begin;
  std::string name;
};

// The start of the word that ends before `end`.
std::size_t WordBegin(std::string_view text, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && end - begin < kMaxLocal && IsLocalAt(text, begin - 1)) --begin;
  while (begin < end && (text[begin] == '.' || text[begin] == '\'' || text[begin] == '-')) ++begin;
  return begin;
}

// "ben dot hale" read backwards from the at sign.
std::optional<Local> ParseLocal(std::string_view text, const AtMark& mark) {
  std::size_t begin = WordBegin(text, mark.begin);
  if (begin == mark.begin) return std::nullopt;
  Local local = {begin, std::string(text.substr(begin, mark.begin - begin))};
  if (mark.strength == Strength::kSign && !mark.blanks) return local;
  constexpr std::pair<std::string_view, char> kJoins[] = {
      {" dot ", '.'},    {" punkt ", '.'}, {" punto ", '.'},      {" point ", '.'},
      {"[dot]", '.'},    {"(dot)", '.'},   {" [dot] ", '.'},      {" (dot) ", '.'},
      {"[.]", '.'},      {"_dot_", '.'},   {" underscore ", '_'}, {" dash ", '-'},
      {" hyphen ", '-'}, {" minus ", '-'}, {" plus ", '+'}};
  for (bool joined = true; joined;) {
    joined = false;
    for (const auto& [join, sign] : kJoins) {
      if (local.begin < join.size() || !Is(text, local.begin - join.size(), join)) continue;
      const std::size_t end = local.begin - join.size();
      const std::size_t before = WordBegin(text, end);
      if (before == end) continue;
      local.name = std::string(text.substr(before, end - before)) + sign + local.name;
      local.begin = before;
      joined = true;
      break;
    }
  }
  return local;
}

// The at sign whose first character is text[i]; nothing when there is none.
std::optional<AtMark> ParseAt(std::string_view text, std::size_t i) {
  // Up to two blanks on each side, or one line break on one side.
  const auto widen = [&](std::size_t begin, std::size_t end, Strength strength) {
    AtMark mark = {begin, end, strength, false};
    while (mark.begin > 0 && begin - mark.begin < 2 && text[mark.begin - 1] == ' ') --mark.begin;
    while (mark.end < text.size() && mark.end - end < 2 && text[mark.end] == ' ') ++mark.end;
    if (mark.begin == begin && mark.end < text.size() && text[mark.end] == '\n') ++mark.end;
    if (mark.end == end && mark.begin > 0 && text[mark.begin - 1] == '\n') --mark.begin;
    mark.blanks = mark.begin < begin || mark.end > end;
    return mark;
  };
  if (text[i] == '@') return widen(i, i + 1, Strength::kSign);
  if (Is(text, i, "%40")) return AtMark{i, i + 3, Strength::kSign, false};
  if (const std::size_t length = MarkedLength(text, i, kAtWords)) {
    return widen(i, i + length, Strength::kMarked);
  }
  if (text[i] == '(' || text[i] == '[' || text[i] == '{') {
    const std::size_t length = MarkedLength(text, i, kBracketedA);
    const AtMark mark = widen(i, i + length, Strength::kMarked);
    if (length > 0 && !mark.blanks) return mark;  // "option (a) shop.ie" is a list
  }
  if (text[i] != ' ') return std::nullopt;
  for (const std::string_view name : kAtNames) {
    if (Is(text, i + 1, name) && Is(text, i + 1 + name.size(), " ")) {
      return AtMark{i, i + name.size() + 2, Strength::kMarked, true};
    }
  }
  if (Is(text, i, " at ")) return AtMark{i, i + 4, Strength::kWord, true};
  return std::nullopt;
}

// Bytes that an at sign may begin with, as written or as hidden.
constexpr std::array<bool, 256> kStarts = [] {
  std::array<bool, 256> starts{};
  for (const char c : std::string_view("@([{<_-#*~|% ")) starts[static_cast<unsigned char>(c)] = true;
  return starts;
}();

// True when a blank may begin " at " or one of kAtNames, by the letters behind it.
bool MayBeginAtWord(std::string_view text, std::size_t blank) {
  if (blank + 2 >= text.size()) return false;
  const char first = text[blank + 1], second = text[blank + 2];
  return first == 'a' ? second == 't' || second == 'r' || second == 'p'
                      : (first == 'c' && second == 'h') || (first == 'k' && second == 'l');
}

}  // namespace

void FindEmails(const View& view, Candidates& out) {
  const std::string_view text = view.text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!kStarts[static_cast<unsigned char>(text[i])]) continue;
    if (text[i] == ' ' && !MayBeginAtWord(text, i)) continue;
    const auto mark = ParseAt(text, i);
    if (!mark) continue;
    const auto domain = ParseDomain(text, mark->end, *mark);
    if (!domain) continue;
    const bool spelled = mark->strength == Strength::kWord;
    if (spelled && !domain->words && !IsMailProvider(domain->name)) continue;
    const std::string_view first = std::string_view(domain->name).substr(0, domain->name.find('.'));
    if (spelled && (first == "the" || first == "a" || first == "this" || first == "my")) continue;
    const auto local = ParseLocal(text, *mark);
    if (!local || (spelled && IsOneOf(local->name, kNoLocal))) continue;
    const double confidence = mark->strength == Strength::kSign     ? 0.99
                              : mark->strength == Strength::kMarked ? 0.95
                                                                    : 0.85;
    out.push_back({static_cast<std::uint32_t>(local->begin),
                   static_cast<std::uint32_t>(domain->end), PiiType::kEmail,
                   local->name + "@" + domain->name, confidence});
    i = domain->end - 1;
  }
}

}  // namespace frontdesk::tools
