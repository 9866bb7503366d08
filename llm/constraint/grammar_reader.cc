#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "llm/constraint/grammar.h"
#include "llm/constraint/utf8_ranges.h"

namespace frontdesk::llm {
namespace {

using Element = Grammar::Element;
using Kind = Grammar::Element::Kind;
using Elements = std::vector<Element>;
using Range = std::pair<uint32_t, uint32_t>;

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Ranges in order, without overlaps.
std::vector<Range> Joined(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end());
  std::vector<Range> joined;
  for (const Range& range : ranges) {
    if (!joined.empty() && range.first <= joined.back().second + 1) {
      joined.back().second = std::max(joined.back().second, range.second);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

std::vector<Range> Complement(const std::vector<Range>& ranges) {
  std::vector<Range> others;
  uint32_t from = 0;
  for (const Range& range : Joined(ranges)) {
    if (range.first > from) others.emplace_back(from, range.first - 1);
    from = range.second + 1;
  }
  if (from <= 0x10FFFF) others.emplace_back(from, 0x10FFFF);
  return others;
}

}  // namespace

// Reads the text in one pass; rules of groups and repetitions are made on the way.
class GrammarReader {
 public:
  explicit GrammarReader(std::string_view text) : text_(text) {}

  absl::StatusOr<std::shared_ptr<const Grammar>> Read() {
    if (text_.size() > Grammar::kMostTextBytes) return Fail("is longer than 256 KiB");
    SkipSpace();
    while (ok() && at_ < text_.size()) ReadRule();
    if (ok() && !names_.contains("root")) Fail("has no rule root");
    if (!ok()) return error_;
    for (size_t r = 0; r < grammar_->rules_.size(); ++r) {
      if (grammar_->rules_[r].alternatives.empty()) {
        line_ = grammar_->rules_[r].line;
        return Fail(absl::StrCat("uses ", grammar_->rules_[r].name, ", which is not a rule"));
      }
    }
    grammar_->root_ = names_.at("root");
    if (absl::Status status = CheckGrammar(*grammar_); !status.ok()) return status;
    return std::shared_ptr<const Grammar>(std::move(grammar_));
  }

 private:
  bool ok() const { return error_.ok(); }
  absl::Status Fail(std::string_view what) {
    if (error_.ok()) {
      error_ = absl::InvalidArgumentError(absl::StrCat(
          "grammar, line ", line_, ": ", absl::string_view(what.data(), what.size())));
    }
    return error_;
  }

  // ---- characters ----

  bool Looking(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool Take(char c) {
    if (!Looking(c)) return false;
    ++at_;
    return true;
  }
  void SkipSpace() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '#') {
        while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      } else if (c == '\n') {
        ++line_;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }
  std::string_view Name() {
    const size_t from = at_;
    while (at_ < text_.size() && IsNameChar(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }
  // Whether a rule's "name ::=" stands here: the rule before it is over.
  bool AtRule() {
    const size_t at = at_;
    const int line = line_;
    const bool named = !Name().empty();
    SkipSpace();
    const bool rule = named && text_.substr(at_, 3) == "::=";
    at_ = at;
    line_ = line;
    return rule;
  }
  // One character of a literal or a class, escapes undone.
  std::optional<uint32_t> Character() {
    if (at_ >= text_.size() || text_[at_] == '\n') {
      Fail("ends inside a literal or a class");
      return std::nullopt;
    }
    const uint8_t c = static_cast<uint8_t>(text_[at_++]);
    if (c == '\\') return Escape();
    if (c < 0x80) return c;
    const int more = c >= 0xF0 ? 3 : (c >= 0xE0 ? 2 : 1);
    uint32_t value = c & (0x3F >> more);
    for (int i = 0; i < more; ++i, ++at_) {
      if (at_ >= text_.size() || (static_cast<uint8_t>(text_[at_]) & 0xC0) != 0x80) {
        Fail("is not UTF-8");
        return std::nullopt;
      }
      value = value << 6 | (static_cast<uint8_t>(text_[at_]) & 63);
    }
    return Valid(value);
  }
  std::optional<uint32_t> Escape() {
    if (at_ >= text_.size()) {
      Fail("ends after a backslash");
      return std::nullopt;
    }
    const char c = text_[at_++];
    if (c == 'n') return '\n';
    if (c == 't') return '\t';
    if (c == 'r') return '\r';
    const int digits = c == 'x' ? 2 : (c == 'u' ? 4 : (c == 'U' ? 8 : 0));
    if (digits == 0) {
      if (std::string_view("\\\"[]-^").find(c) != std::string_view::npos) return c;
      Fail(absl::StrCat("has the escape \\", std::string(1, c),
                        "; \\n \\t \\r \\\\ \\\" \\[ \\] \\- \\^ \\xHH \\uHHHH \\UHHHHHHHH are known"));
      return std::nullopt;
    }
    uint32_t value = 0;
    for (int i = 0; i < digits; ++i) {
      const int digit = at_ < text_.size() ? HexDigit(text_[at_]) : -1;
      if (digit < 0) {
        Fail("has an escape with too few hexadecimal digits");
        return std::nullopt;
      }
      value = value << 4 | static_cast<uint32_t>(digit);
      ++at_;
    }
    return Valid(value);
  }
  std::optional<uint32_t> Valid(uint32_t c) {
    if (c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF)) return c;
    Fail("has a character that Unicode does not");
    return std::nullopt;
  }

  // ---- the compiled form ----

  uint32_t RuleNamed(std::string_view name) {
    const auto [known, made] = names_.try_emplace(std::string(name), grammar_->rules_.size());
    if (made) grammar_->rules_.push_back({std::string(name), line_, {}});
    return known->second;
  }
  void AddAlternative(uint32_t rule, const Elements& sequence) {
    std::vector<Element>& all = grammar_->elements_;
    if (all.size() + sequence.size() + 1 > Grammar::kMostElements) {
      Fail("has more than 131072 elements; make repetitions smaller");
      return;
    }
    grammar_->rules_[rule].alternatives.push_back(static_cast<uint32_t>(all.size()));
    all.insert(all.end(), sequence.begin(), sequence.end());
    all.push_back({Kind::kEnd, 0});
  }
  Element MadeRule(const std::vector<Elements>& alternatives) {
    const auto rule = static_cast<uint32_t>(grammar_->rules_.size());
    grammar_->rules_.push_back({absl::StrCat("(in ", rule_name_, ")"), line_, {}});
    for (const Elements& sequence : alternatives) AddAlternative(rule, sequence);
    return {Kind::kRule, rule};
  }
  Element SetOf(const std::bitset<256>& set) {
    const auto [known, made] = sets_.try_emplace(set.to_string(), grammar_->sets_.size());
    if (made) grammar_->sets_.push_back(set);
    return {Kind::kSet, known->second};
  }
  Element SetOf(uint8_t low, uint8_t high) {
    std::bitset<256> set;
    for (int b = low; b <= high; ++b) set.set(b);
    return SetOf(set);
  }
  // A class of characters: one byte set, or a rule whose alternatives are byte sequences.
  Element Class(const std::vector<Range>& ranges) {
    std::bitset<256> ascii;
    std::vector<Elements> alternatives;
    for (const Range& range : Joined(ranges)) {
      for (const Utf8Sequence& sequence : Utf8Ranges(range.first, range.second)) {
        if (sequence.size() == 1) {
          for (int b = sequence[0].first; b <= sequence[0].second; ++b) ascii.set(b);
          continue;
        }
        Elements bytes;
        for (const auto& [low, high] : sequence) bytes.push_back(SetOf(low, high));
        alternatives.push_back(std::move(bytes));
      }
    }
    if (alternatives.empty()) return SetOf(ascii);
    if (ascii.any()) alternatives.push_back({SetOf(ascii)});
    return MadeRule(alternatives);
  }

  // ---- the syntax ----

  void ReadRule() {
    const std::string_view name = Name();
    if (name.empty()) {
      Fail("has something that is not a rule: write name ::= …");
      return;
    }
    const int line = line_;
    SkipSpace();
    if (text_.substr(at_, 3) != "::=") {
      Fail(absl::StrCat("has no ::= after ", absl::string_view(name.data(), name.size())));
      return;
    }
    at_ += 3;
    rule_name_ = std::string(name);
    const uint32_t rule = RuleNamed(name);
    if (!grammar_->rules_[rule].alternatives.empty()) {
      Fail(absl::StrCat("defines ", rule_name_, " twice"));
      return;
    }
    grammar_->rules_[rule].line = line;
    for (const Elements& sequence : Alternatives(0)) AddAlternative(rule, sequence);
    if (ok() && at_ < text_.size() && !AtRule()) Fail("has a ) or a sign that fits nowhere");
  }

  std::vector<Elements> Alternatives(int depth) {
    std::vector<Elements> all;
    if (depth > Grammar::kDeepestGroup) {
      Fail("nests groups deeper than 64");
      return all;
    }
    do {
      all.push_back(Sequence(depth));
      SkipSpace();
    } while (ok() && Take('|'));
    return all;
  }

  Elements Sequence(int depth) {
    Elements sequence;
    while (ok()) {
      SkipSpace();
      if (at_ >= text_.size() || Looking('|') || Looking(')') || AtRule()) break;
      const Elements item = Item(depth);
      if (!ok()) break;
      const Elements repeated = Repeated(item);
      sequence.insert(sequence.end(), repeated.begin(), repeated.end());
      if (sequence.size() > Grammar::kMostElements) Fail("has more than 131072 elements");
    }
    return sequence;
  }

  Elements Item(int depth) {
    if (Take('"')) return Literal();
    if (Take('[')) return {BracketClass()};
    if (Take('.')) return {Class({{0, 0x10FFFF}})};
    if (Take('(')) {
      const std::vector<Elements> inner = Alternatives(depth + 1);
      if (ok() && !Take(')')) Fail("has a ( without its )");
      if (!ok()) return {};
      return {MadeRule(inner)};
    }
    const std::string_view name = Name();
    if (name.empty()) {
      Fail("has a sign that fits nowhere");
      return {};
    }
    return {Element{Kind::kRule, RuleNamed(name)}};
  }

  Elements Literal() {
    Elements bytes;
    while (ok() && !Take('"')) {
      const std::optional<uint32_t> c = Character();
      if (!c) return {};
      const Utf8Sequence written = Utf8Ranges(*c, *c)[0];
      for (const auto& [low, high] : written) bytes.push_back(SetOf(low, high));
    }
    // One element, so that a repetition after it takes all of it.
    return bytes.size() == 1 ? bytes : Elements{MadeRule({bytes})};
  }

  Element BracketClass() {
    const bool negated = Take('^');
    std::vector<Range> ranges;
    while (ok() && !Take(']')) {
      const std::optional<uint32_t> first = Character();
      if (!first) break;
      std::optional<uint32_t> last = first;
      if (Looking('-') && text_.substr(at_ + 1, 1) != "]") {
        ++at_;
        last = Character();
        if (!last) break;
      }
      if (*last < *first) Fail("has a range whose end comes before its begin");
      ranges.emplace_back(*first, *last);
    }
    if (negated) ranges = Complement(ranges);
    if (ok() && ranges.empty()) Fail("has a class without characters");
    return ok() ? Class(ranges) : Element{Kind::kEnd, 0};
  }

  Elements Repeated(const Elements& item) {
    int least = 1;
    std::optional<int> most = 1;
    if (Take('*')) {
      least = 0;
      most.reset();
    } else if (Take('+')) {
      most.reset();
    } else if (Take('?')) {
      least = 0;
    } else if (Take('{')) {
      if (!Count(least)) return {};
      most = least;
      SkipSpace();
      if (Take(',')) {
        SkipSpace();
        most.reset();
        int bound = 0;
        if (!Looking('}')) {
          if (!Count(bound)) return {};
          most = bound;
        }
      }
      SkipSpace();
      if (!Take('}') || (most && *most < least)) {
        Fail("has a repetition that is not {n}, {n,} or {n,m}");
        return {};
      }
    } else {
      return item;
    }
    Elements out;
    for (int i = 0; i < least; ++i) out.insert(out.end(), item.begin(), item.end());
    if (!most) {
      // again ::= item again | ""
      const Element again = MadeRule({{}});
      Elements round = item;
      round.push_back(again);
      AddAlternative(again.index, round);
      out.push_back(again);
    } else if (*most > least) {
      // maybe ::= item maybe' | "", nested from the inside
      Element inner = MadeRule({item, {}});
      for (int i = least + 1; i < *most && ok(); ++i) {
        Elements round = item;
        round.push_back(inner);
        inner = MadeRule({round, {}});
      }
      out.push_back(inner);
    }
    return out;
  }

  bool Count(int& value) {
    SkipSpace();
    value = 0;
    const size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - from < 6) {
      value = value * 10 + (text_[at_++] - '0');
    }
    if (at_ == from || value > Grammar::kMostRepeats) {
      Fail("has a repetition that is not a number from 0 to 1024");
      return false;
    }
    return true;
  }

  const std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  std::string rule_name_;
  absl::Status error_;
  std::shared_ptr<Grammar> grammar_{new Grammar};
  std::map<std::string, uint32_t, std::less<>> names_;
  std::map<std::string, uint32_t> sets_;
};

absl::StatusOr<std::shared_ptr<const Grammar>> Grammar::Read(std::string_view text) {
  return GrammarReader(text).Read();
}

}  // namespace frontdesk::llm
