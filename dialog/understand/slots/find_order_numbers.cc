#include <algorithm>
#include <cctype>
#include <memory>
#include <string>

#include "dialog/understand/slots/mention.h"
#include "dialog/understand/slots/numbers.h"
#include "re2/re2.h"

namespace frontdesk::understand {

namespace {

bool IsShortWord(const Message& m, size_t i, size_t most) {
  return i < m.size() && m.tokens[i].kind == MessageToken::kWord && m.key(i).size() <= most;
}

std::string UpperCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// "14:30", "3.4.2", "20 %": numbers bound to marks that no value of ours uses.
size_t BoundNumber(const Reading& r, size_t i) {
  const Message& m = r.message;
  const auto bound = [&](char mark) {
    return m.IsMark(i + 1, mark) && m.tokens[i + 1].joined && m.IsNumber(i + 2) &&
           m.tokens[i + 2].joined;
  };
  if (bound(':')) return 3;
  if (bound('.') && m.IsMark(i + 3, '.') && m.IsNumber(i + 4) && m.tokens[i + 4].joined) return 5;
  if (m.IsMark(i + 1, '%')) return 2;
  return 0;
}

// A year that stands for itself: "since 2014".
bool IsYear(const Reading& r, size_t i) {
  const std::string& key = r.message.key(i);
  return key.size() == 4 && (key.substr(0, 2) == "19" || key.substr(0, 2) == "20") && i > 0 &&
         r.book.year_hints.FindBefore(r.message, i).tokens > 0;
}

bool FollowsCard(const Reading& r, size_t i) {
  const Message& m = r.message;
  if (m.key(i).size() != 4) return false;
  size_t card = i;  // the closest card word before the figures
  for (size_t j = i >= 5 ? i - 5 : 0; j < i; ++j) {
    if (r.book.card_words.Match(m, j, i) > 0) card = j;
  }
  if (card == i) return false;
  for (size_t j = card; j < i; ++j) {
    if (m.key(j) != "number" && r.book.order_nouns.Match(m, j, i) > 0) return false;
  }
  return true;
}

struct OrderMatcher {
  explicit OrderMatcher(const std::string& pattern) : re(Compiled(pattern)) {}
  bool operator()(const std::string& canonical) const {
    return RE2::FullMatch(canonical, *re);
  }
  // A thread mostly reads messages to one bundle after another: its last pattern is kept.
  static std::shared_ptr<const RE2> Compiled(const std::string& pattern) {
    thread_local std::shared_ptr<const RE2> last;
    if (last == nullptr || last->pattern() != pattern) {
      last = std::make_shared<const RE2>(pattern, RE2::Quiet);
    }
    return last;
  }
  std::shared_ptr<const RE2> re;
};

// Letters in front of the digits at token i ("LF48213", "LF-48213", "LF 48213"): tokens they take.
size_t PrefixTokens(const Message& m, size_t i) {
  if (i == 0) return 0;
  if (m.tokens[i].joined && IsShortWord(m, i - 1, 4)) return 1;
  if (i >= 2 && m.IsMark(i - 1, '-') && m.tokens[i - 1].joined && m.tokens[i].joined &&
      IsShortWord(m, i - 2, 4)) {
    return 2;
  }
  if (!IsShortWord(m, i - 1, 4)) return 0;
  // Apart from the digits only when written in capitals, and more than one letter.
  const std::string_view raw = m.Surface(i - 1, i);
  const bool capitals = raw.size() >= 2 && std::all_of(raw.begin(), raw.end(), [](char c) {
    return c >= 'A' && c <= 'Z';
  });
  const bool shouted = std::none_of(m.text.begin(), m.text.end(),
                                    [](char c) { return c >= 'a' && c <= 'z'; });
  return capitals && (!shouted || m.size() <= 3) ? 1 : 0;
}

// One letter said before the digits: "W 7001", "W as in whiskey 7001". Tokens it takes.
size_t SpelledLetter(const Reading& r, size_t i, std::string* letter) {
  const Message& m = r.message;
  const auto is_letter = [&](size_t at) {
    return m.tokens[at].kind == MessageToken::kWord && m.key(at).size() == 1 &&
           m.key(at) != "a" && m.key(at) != "i";
  };
  if (i >= 1 && is_letter(i - 1)) {
    *letter = UpperCase(m.key(i - 1));
    return 1;
  }
  if (i < 3 || m.tokens[i - 1].kind != MessageToken::kWord) return 0;
  const size_t as = r.book.spelled_as.FindBefore(m, i - 1).tokens;
  if (as == 0 || i < as + 2 || !is_letter(i - as - 2)) return 0;
  if (m.key(i - 1)[0] != m.key(i - as - 2)[0]) return 0;
  *letter = UpperCase(m.key(i - as - 2));
  return as + 2;
}

// Letters behind the digits that end at token `end`: "4417-B". Tokens they take.
size_t SuffixTokens(const Message& m, size_t end) {
  const auto stuck = [&](size_t at) { return at < m.size() && m.tokens[at].joined; };
  if (stuck(end) && IsShortWord(m, end, 2)) return 1;
  if (stuck(end) && m.IsMark(end, '-') && stuck(end + 1) && IsShortWord(m, end + 1, 2)) return 2;
  return 0;
}

// An order noun or '#' within the three tokens before i.
bool Announced(const Reading& r, size_t i) {
  const size_t from = i >= 4 ? i - 4 : 0;
  for (size_t j = from; j < i; ++j) {
    if (r.message.IsMark(j, '#') || r.book.order_nouns.Match(r.message, j, i) > 0) return true;
  }
  return false;
}

// Said to be a number: "id 97", the whole message, or behind the name of a slot. Run: [i, end).
bool Named(const Reading& r, size_t i, size_t end) {
  if (i == 0 && end == r.message.size()) return true;
  if (i > 0 && r.book.number_nouns.Match(r.message, i - 1, i) > 0) return true;
  return FollowsSlotName(r, i);
}

// Every piece of the run is an order number by itself and all are of one length: "48213 48977".
bool PiecesStandAlone(const Reading& r, size_t i, const DigitRun& run, const OrderMatcher& matches) {
  const size_t length = r.message.key(i).size();
  for (size_t j = i; j < i + run.tokens; ++j) {
    if (!r.message.IsNumber(j)) continue;
    if (r.message.key(j).size() != length || !matches(r.message.key(j))) return false;
  }
  return !run.spoken && length >= 4;
}

}  // namespace

bool FollowsSlotName(const Reading& r, size_t i) {
  const Message& m = r.message;
  for (size_t j = i; j > 0 && i - j < 4;) {
    --j;
    const std::string& key = m.key(j);
    if (std::find(r.order_names.begin(), r.order_names.end(), key) != r.order_names.end()) {
      return OrderMatcher(r.order_pattern)(m.key(i));
    }
    const bool between =
        m.IsMark(j, '#') || m.IsMark(j, ':') || m.IsMark(j, ',') ||
        r.book.number_nouns.Match(m, j, i) > 0 || r.book.light_words.Match(m, j, i) > 0 ||
        r.book.number_links.Match(m, j, i) > 0;
    if (!between) return false;
  }
  return false;
}

void FindOtherNumbers(Reading* r) {
  const Message& m = r->message;
  for (size_t i = 0; i < m.size(); ++i) {
    if (!m.IsNumber(i) || r->taken[i]) continue;
    if (const size_t bound = BoundNumber(*r, i); bound > 0) {
      r->Take(i, i + bound);
    } else if (FollowsCard(*r, i)) {
      r->Add(slot_type::kCardLast4, m.key(i), i, i + 1);
    } else if (IsYear(*r, i) && !r->Asked(slot_type::kOrderNumber)) {
      r->Take(i, i + 1);
    } else if (m.key(i).size() <= 3 &&
               (r->book.measure_words.Match(m, i + 1) > 0 ||
                (i > 0 && r->book.size_words.FindBefore(m, i).tokens > 0 &&
                 r->input.offered.empty()))) {
      r->Take(i, i + 1);
    }
  }
}

void FindOrderNumbers(Reading* r) {
  const Message& m = r->message;
  const OrderMatcher matches(r->order_pattern);
  const bool asked = r->Asked(slot_type::kOrderNumber);
  const bool named = r->book.order_nouns.In(m);
  for (size_t i = 0; i < m.size(); ++i) {
    if (r->taken[i] || m.tokens[i].kind == MessageToken::kMark) continue;
    DigitRun run = ReadDigitRun(m, i, r->book);
    while (run.pieces > 0 && !r->Free(i, i + run.tokens)) run = DigitRun{};
    if (run.pieces == 0) {
      continue;
    }
    const bool digits_only = m.IsNumber(i);
    // One figure: as written, also with a thousands comma when an order number was asked.
    if (run.pieces > 1 && PiecesStandAlone(*r, i, run, matches)) {
      run = DigitRun{m.key(i), 1, 1, false, false};
    }
    const bool called = Named(*r, i, i + run.tokens);
    const bool wanted = asked || named || called || Announced(*r, i);
    if (run.pieces > 1 && !matches(run.digits) && digits_only) {
      run = DigitRun{m.key(i), 1, 1, false, false};  // take the first piece alone
    }
    // "one hundred twenty-three thousand": said as one number.
    if (const auto cardinal = ReadCardinal(m, i, r->book);
        cardinal && wanted && !digits_only && cardinal->tokens > run.tokens &&
        r->Free(i, i + cardinal->tokens)) {
      run = DigitRun{std::to_string(cardinal->value), cardinal->tokens, 4, true, true};
    }
    if (run.spoken && !(wanted || run.pieces >= 4)) {
      i += run.tokens - 1;
      continue;
    }
    if (run.pieces > 1 && !run.spoken && !wanted) {
      // Unannounced groups of figures may be anything: a phone number, a card.
      i += run.tokens - 1;
      continue;
    }
    size_t first = i;
    std::string canonical = run.digits;
    if (const size_t prefix = digits_only ? PrefixTokens(m, i) : 0;
        prefix > 0 && r->Free(i - prefix, i)) {
      const std::string with = UpperCase(m.key(i - prefix)) + run.digits;
      if (matches(with) && r->book.order_nouns.Match(m, i - prefix, i) == 0) {
        canonical = with;
        first = i - prefix;
      }
    }
    std::string letter;
    if (const size_t spelled = first == i && asked ? SpelledLetter(*r, i, &letter) : 0;
        spelled > 0 && r->Free(i - spelled, i) && matches(letter + run.digits)) {
      canonical = letter + run.digits;
      first = i - spelled;
    }
    if (const size_t suffix = SuffixTokens(m, i + run.tokens); suffix > 0) {
      const std::string with = canonical + UpperCase(m.key(i + run.tokens + suffix - 1));
      if (matches(with)) {
        canonical = with;
        run.tokens += suffix;
      }
    }
    if (matches(canonical)) {
      const bool typed_short = canonical.size() < 4 && !asked && !called;
      if (!typed_short) r->Add(slot_type::kOrderNumber, canonical, first, i + run.tokens);
    }
    i += run.tokens - 1;
  }
}

}  // namespace frontdesk::understand
