#include "llm/constraint/grounded.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "llm/tokenizer/utf8_stream.h"

namespace frontdesk::llm {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
char Lower(char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); }

std::string SingleSpaces(const std::string& text) {
  std::string out;
  for (char c : text) {
    const bool space = absl::ascii_isspace(static_cast<unsigned char>(c));
    if (!space) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Lower case, without signs at either end: how `kept` words are compared.
std::string Bare(std::string_view word) {
  const auto sign = [](char c) {
    return static_cast<unsigned char>(c) < 128 && !absl::ascii_isalnum(static_cast<unsigned char>(c));
  };
  while (!word.empty() && sign(word.front())) word.remove_prefix(1);
  while (!word.empty() && sign(word.back())) word.remove_suffix(1);
  std::string bare(word);
  std::transform(bare.begin(), bare.end(), bare.begin(), Lower);
  return bare;
}

// Marks where pieces of the sentence may start and end.
GroundedConstraint::Sentence Marked(std::string text, bool runs, const std::set<std::string>& kept) {
  GroundedConstraint::Sentence sentence{std::move(text), {}, {}};
  const std::string& t = sentence.text;
  sentence.starts.assign(t.size() + 1, false);
  sentence.ends.assign(t.size() + 1, false);
  if (!runs) {
    sentence.starts.front() = sentence.ends.back() = true;
    return sentence;
  }
  std::vector<std::pair<size_t, size_t>> words;
  for (size_t from = 0; from < t.size();) {
    const size_t to = std::min(t.find(' ', from), t.size());
    words.emplace_back(from, to);
    from = to + 1;
  }
  // The first and last word that may not be cut away, with their neighbours.
  size_t first = words.size(), last = 0;
  for (size_t w = 0; w < words.size(); ++w) {
    const std::string_view word =
        std::string_view(t).substr(words[w].first, words[w].second - words[w].first);
    if (!std::any_of(word.begin(), word.end(), IsDigit) && !kept.contains(Bare(word))) continue;
    first = std::min(first, w == 0 ? 0 : w - 1);
    last = std::max(last, w + 1);
  }
  for (size_t w = 0; w < words.size(); ++w) {
    // Not where too few words are left: the piece could never end.
    const bool enough = words.size() - w >= static_cast<size_t>(GroundedConstraint::kLeastWords);
    if (w == 0 || (w <= first && enough)) sentence.starts[words[w].first] = true;
    if (w + 1 == words.size() || w >= last) sentence.ends[words[w].second] = true;
  }
  return sentence;
}

absl::Status CheckTexts(const std::vector<std::string>& texts, const char* what, bool digits) {
  for (const std::string& text : texts) {
    if (text.empty() || text.size() > 400 || !IsWholeUtf8(text) ||
        (!digits && std::any_of(text.begin(), text.end(), IsDigit))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a ", what, " text must be 1 to 400 bytes of UTF-8", digits ? "" : " without a digit"));
    }
  }
  return absl::OkStatus();
}

// States are small records, numbered as they are met.
class GroundedAutomaton : public ByteAutomaton {
 public:
  explicit GroundedAutomaton(const GroundedConstraint& c) : c_(c) {
    used_.push_back(std::vector<bool>(c.sentences().size()));
    used_numbers_[used_[0]] = 0;
  }

  void Start(std::vector<uint32_t>& states) override {
    Open(0, 0, states);
    for (size_t i = 0; i < c_.alone().size(); ++i) {
      states.push_back(Number({.kind = kAlone, .source = static_cast<uint32_t>(i)}));
    }
  }

  void Step(uint32_t state, uint8_t byte, std::vector<uint32_t>& next) override {
    State s = states_[state];
    const char c = static_cast<char>(byte);
    switch (s.kind) {
      case kAlone: {
        const std::string& text = c_.alone()[s.source];
        if (s.at < text.size() && text[s.at] == c) {
          ++s.at;
          next.push_back(Number(s));
        }
        break;
      }
      case kConnecting: {
        const std::string& text = c_.connecting()[s.source];
        if ((s.at < text.size() ? text[s.at] : ' ') != c) break;
        if (s.at == text.size()) {
          Pieces(s.used, s.count, next);
        } else {
          ++s.at;
          next.push_back(Number(s));
        }
        break;
      }
      case kBetween:
        if (c == ' ' || c == '\n') Open(s.used, s.count, next);
        break;
      case kPiece:
        StepPiece(s, c, next);
        break;
    }
  }

  bool Ends(uint32_t state) const override {
    const State& s = states_[state];
    return s.kind == kBetween || (s.kind == kAlone && s.at == c_.alone()[s.source].size());
  }

  bool Continuations(uint32_t state, size_t bytes, std::vector<std::string>& texts) const override {
    const State& s = states_[state];
    switch (s.kind) {
      case kAlone:
        texts.push_back(c_.alone()[s.source].substr(s.at, bytes));
        break;
      case kConnecting:
        texts.push_back((c_.connecting()[s.source] + " ").substr(s.at, bytes));
        break;
      case kBetween:
        if (s.count == static_cast<uint32_t>(c_.most_sentences())) break;
        texts.emplace_back("\n");
        for (const std::string& text : c_.connecting()) texts.push_back(" " + text.substr(0, bytes));
        for (size_t i = 0; i < c_.sentences().size(); ++i) {
          if (used_[s.used][i]) continue;
          const std::vector<bool>& starts = c_.sentences()[i].starts;
          for (size_t at = 0; at < starts.size(); ++at) {
            if (starts[at]) BeginAt(i, at, bytes, " ", texts);
          }
        }
        break;
      case kPiece: {
        const GroundedConstraint::Sentence& sentence = c_.sentences()[s.source];
        if (s.words == 0) {
          BeginAt(s.source, s.at, bytes, "", texts);
          break;
        }
        // A full stop may close a cut, or a sentence without a stop of its own.
        const bool whole = s.at == sentence.text.size();
        if (whole || (sentence.ends[s.at] && s.words == GroundedConstraint::kLeastWords)) {
          texts.emplace_back(".");
        }
        if (!whole) texts.push_back(sentence.text.substr(s.at, bytes));
        break;
      }
    }
    return true;
  }

  size_t size() const override { return states_.size() + used_.size(); }

  void Compact(std::vector<uint32_t>& live) override {
    const std::vector<State> old = std::exchange(states_, {});
    numbers_.clear();
    // Sets of used sentences stay: there are few, and the records name them.
    for (uint32_t& state : live) state = Number(old[state]);
  }

 private:
  enum Kind : uint32_t { kAlone, kConnecting, kBetween, kPiece };
  struct State {
    Kind kind;
    uint32_t source = 0;  // sentence, connecting or alone text
    uint32_t at = 0;      // byte of it that comes next
    uint32_t words = 0;   // kPiece: begun, up to kLeastWords; 0: its first byte comes next
    uint32_t whole = 0;   // kPiece: it began where the sentence does
    uint32_t used = 0;    // sentences said
    uint32_t count = 0;   // pieces said
    bool operator==(const State&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const State& s) {
      return H::combine(std::move(h), s.kind, s.source, s.at, s.words, s.whole, s.used, s.count);
    }
  };

  // A piece from its first letter on, which may be large or small.
  void BeginAt(size_t source, size_t at, size_t bytes, std::string_view before,
               std::vector<std::string>& texts) const {
    std::string text = absl::StrCat(absl::string_view(before.data(), before.size()),
                                    c_.sentences()[source].text.substr(at, bytes));
    if (text.size() == before.size()) return;
    texts.push_back(text);
    char& first = text[before.size()];
    if (!IsLetter(first)) return;
    first = Lower(first) == first ? absl::ascii_toupper(static_cast<unsigned char>(first)) : Lower(first);
    texts.push_back(std::move(text));
  }

  uint32_t Number(const State& state) {
    const auto [known, made] =
        numbers_.try_emplace(state, static_cast<uint32_t>(states_.size()));
    if (made) states_.push_back(state);
    return known->second;
  }

  // A connecting text or a piece comes next.
  void Open(uint32_t used, uint32_t count, std::vector<uint32_t>& next) {
    if (count == static_cast<uint32_t>(c_.most_sentences())) return;
    Pieces(used, count, next);
    for (size_t i = 0; i < c_.connecting().size(); ++i) {
      next.push_back(Number({.kind = kConnecting,
                             .source = static_cast<uint32_t>(i),
                             .used = used,
                             .count = count}));
    }
  }

  void Pieces(uint32_t used, uint32_t count, std::vector<uint32_t>& next) {
    for (size_t i = 0; i < c_.sentences().size(); ++i) {
      if (used_[used][i]) continue;
      const std::vector<bool>& starts = c_.sentences()[i].starts;
      for (size_t at = 0; at < starts.size(); ++at) {
        if (!starts[at]) continue;
        next.push_back(Number({.kind = kPiece,
                               .source = static_cast<uint32_t>(i),
                               .at = static_cast<uint32_t>(at),
                               .whole = at == 0,
                               .used = used,
                               .count = count}));
      }
    }
  }

  void StepPiece(State s, char c, std::vector<uint32_t>& next) {
    const GroundedConstraint::Sentence& sentence = c_.sentences()[s.source];
    const bool first = s.words == 0;
    const auto least = static_cast<uint32_t>(GroundedConstraint::kLeastWords);
    // Cut before the sentence's own end: a full stop closes it.
    if (!first && sentence.ends[s.at] && s.words == least && c == '.' && s.at < sentence.text.size()) {
      next.push_back(Said(s));
    }
    if (s.at == sentence.text.size()) {
      // The sentence has no stop of its own (a heading, a list's item).
      if (c == '.' && !Stopped(sentence.text)) next.push_back(Said(s));
      return;
    }
    const char here = sentence.text[s.at];
    if (here != c && !(first && IsLetter(c) && Lower(here) == Lower(c))) return;
    if (first || here == ' ') s.words = std::min(s.words + 1, least);
    ++s.at;
    const bool enough = s.words == least || s.whole != 0;
    if (s.at == sentence.text.size() && enough) {
      next.push_back(Said(s));
      if (!Stopped(sentence.text)) next.push_back(Number(s));
    } else if (s.at < sentence.text.size()) {
      next.push_back(Number(s));
    }
  }

  static bool Stopped(const std::string& text) {
    return std::string_view(".!?:;").find(text.back()) != std::string_view::npos;
  }

  uint32_t Said(const State& s) {
    std::vector<bool> used = used_[s.used];
    used[s.source] = true;
    const auto [known, made] = used_numbers_.try_emplace(used, static_cast<uint32_t>(used_.size()));
    if (made) used_.push_back(std::move(used));
    return Number({.kind = kBetween, .used = known->second, .count = s.count + 1});
  }

  const GroundedConstraint& c_;
  std::vector<State> states_;
  absl::flat_hash_map<State, uint32_t> numbers_;
  std::vector<std::vector<bool>> used_;
  absl::flat_hash_map<std::vector<bool>, uint32_t> used_numbers_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const GroundedConstraint>> GroundedConstraint::Make(
    const Grounding& grounding) {
  std::shared_ptr<GroundedConstraint> made(new GroundedConstraint);
  if (grounding.most_sentences < 1 || grounding.most_sentences > 16) {
    return absl::InvalidArgumentError("grounding: most_sentences must be 1 to 16");
  }
  if (absl::Status s = CheckTexts(grounding.connecting, "connecting", false); !s.ok()) return s;
  if (absl::Status s = CheckTexts(grounding.alone, "lone", true); !s.ok()) return s;
  made->most_sentences_ = grounding.most_sentences;
  made->connecting_ = grounding.connecting;
  made->alone_ = grounding.alone;
  std::set<std::string> kept;
  for (const std::string& word : grounding.kept) kept.insert(Bare(word));
  std::set<std::string> seen;
  size_t bytes = 0;
  for (const std::string& sentence : grounding.sentences) {
    if (!IsWholeUtf8(sentence)) {
      return absl::InvalidArgumentError("grounding: a sentence is not valid UTF-8");
    }
    std::string text = SingleSpaces(sentence);
    const bool says = std::any_of(text.begin(), text.end(), [](char c) {
      return IsLetter(c) || IsDigit(c) || static_cast<unsigned char>(c) > 127;
    });
    if (!says || !seen.insert(text).second) continue;
    bytes += text.size();
    made->sentences_.push_back(Marked(std::move(text), grounding.runs, kept));
  }
  if (made->sentences_.empty()) {
    return absl::InvalidArgumentError("grounding: there is no sentence to say");
  }
  if (made->sentences_.size() > kMostSentences || bytes > kMostBytes) {
    return absl::InvalidArgumentError(
        "grounding: at most 256 sentences of 64 KiB together can be said");
  }
  return std::shared_ptr<const GroundedConstraint>(std::move(made));
}

std::unique_ptr<ByteAutomaton> GroundedConstraint::Begin() const {
  return std::make_unique<GroundedAutomaton>(*this);
}

}  // namespace frontdesk::llm
