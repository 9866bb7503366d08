#include "dialog/understand/clauses.h"

#include <algorithm>

#include "dialog/understand/words/phrasebook.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kShortestWish = 2;  // words that carry meaning

bool EndsClause(const Message& m, size_t i) {
  if (m.tokens[i].kind != MessageToken::kMark) return false;
  const char c = m.key(i)[0];
  if (c == '.' || c == ',') {  // "2,50", "3.4.2", "a.b"
    return i + 1 >= m.size() || !m.tokens[i + 1].joined;
  }
  return c == '!' || c == '?' || c == ';' || m.key(i) == "…" || m.key(i) == "–" || m.key(i) == "—";
}

// Greetings, thanks, fillers and the like at [first, last): how many tokens they take.
size_t Interjection(const Message& m, size_t first, size_t last) {
  const Phrasebook& book = Phrasebook::Get();
  size_t best = 0;
  for (const PhraseTable* table : {&book.greeting, &book.thanks, &book.bye, &book.fillers}) {
    best = std::max(best, table->Match(m, first, last));
  }
  return best;
}

// Whether a clause has words enough for a wish, besides numbers, marks, vault tokens and courtesy,
// and one that says more than which value follows ("order number 48020" names none).
bool MayWish(const Message& m, const Clause& clause, const std::vector<bool>& courtesies) {
  const Phrasebook& book = Phrasebook::Get();
  size_t words = 0, own = 0;
  for (size_t i = clause.first; i < clause.last;) {
    if (const size_t taken = std::max<size_t>(Interjection(m, i, clause.last), courtesies[i]);
        taken > 0) {
      i += taken;
      continue;
    }
    const bool word = m.tokens[i].kind == MessageToken::kWord;
    words += word;
    own += word && book.light_words.Match(m, i, clause.last) == 0 &&
           book.order_nouns.Match(m, i, clause.last) == 0;
    ++i;
  }
  return words >= kShortestWish && own > 0;
}

// Holds a word of wishing or asking.
bool Asks(const Message& m, const Clause& clause) {
  const Phrasebook& book = Phrasebook::Get();
  return book.question_words.Match(m, clause.first, clause.last) > 0 ||
         book.wish_words.In(m, clause.first, clause.last);
}

// Tells rather than asks: begins like a statement and holds no word of wishing or asking.
bool Tells(const Message& m, const Clause& clause) {
  const Phrasebook& book = Phrasebook::Get();
  if (book.statement_leads.Match(m, clause.first, clause.last) == 0) return false;
  if (book.question_words.Match(m, clause.first, clause.last) > 0) return false;
  for (size_t i = clause.first; i < clause.last; ++i) {
    if (m.tokens[i].kind == MessageToken::kMark && m.key(i)[0] == '?') return false;
  }
  return !book.wish_words.In(m, clause.first, clause.last);
}

// A short question about what was just named, "what does it cost": it asks nothing by itself. A
// deed keeps its own clause, "can I cancel it".
bool AsksBack(const Message& m, const Clause& clause) {
  constexpr size_t kMostWords = 5;
  const Phrasebook& book = Phrasebook::Get();
  if (book.question_words.Match(m, clause.first, clause.last) == 0) return false;
  if (book.wish_words.In(m, clause.first, clause.last)) return false;
  size_t words = 0, others = 0;
  for (size_t i = clause.first; i < clause.last; ++i) {
    if (m.tokens[i].kind == MessageToken::kWord) {
      ++words;
    } else if (m.tokens[i].kind != MessageToken::kMark) {
      ++others;  // a number or a vault token names something
    }
  }
  return words <= kMostWords && others == 0 &&
         book.back_pointers.In(m, clause.first, clause.last);
}

}  // namespace

int Circumstance(const Clause& former, const Clause& latter) {
  switch (latter.link) {
    case Clause::kAnd:
      return -1;  // "and" adds
    case Clause::kBut:
      return former.tells ? 0 : -1;  // the point comes after "but"
    case Clause::kComma:
      if (former.tells && latter.tells) return 2;
      [[fallthrough]];
    case Clause::kSentence:
      if (former.tells && latter.tells) return -1;  // two sentences, two things
      return former.tells ? 0 : latter.tells ? 1 : -1;
  }
  return -1;
}

std::vector<Clause> SplitClauses(const Message& m, const std::vector<bool>& courtesies) {
  const Phrasebook& book = Phrasebook::Get();
  std::vector<Clause> clauses;
  size_t first = 0;
  Clause::Link link = Clause::kSentence;
  const auto close = [&](size_t last) {
    if (last > first) clauses.push_back({first, last, false, link, false});
  };
  for (size_t i = 0; i < m.size();) {
    if (EndsClause(m, i)) {
      close(i + 1);
      link = m.IsMark(i, ',') ? Clause::kComma : Clause::kSentence;
      first = ++i;
    } else if (const size_t joiner = book.clause_joiners.Match(m, i); joiner > 0) {
      if (i > first) close(i);
      link = book.but_rather.Match(m, i) > 0 ? Clause::kBut : Clause::kAnd;
      first = i;  // the joiner belongs to the clause it opens, and is skipped below
      i += joiner;
    } else {
      ++i;
    }
  }
  close(m.size());

  for (Clause& clause : clauses) {
    while (clause.first + 1 < clause.last) {
      const size_t joiner = book.clause_joiners.Match(m, clause.first, clause.last);
      if (joiner == 0 || clause.first + joiner >= clause.last) break;
      clause.first += joiner;
    }
    clause.wish = MayWish(m, clause, courtesies);
    clause.tells = Tells(m, clause);
  }
  // "the tent and the stove": a joined clause without enough words goes with the one before.
  // So does a question about what that one named.
  for (size_t i = 1; i < clauses.size();) {
    if (clauses[i].wish && clauses[i - 1].wish && AsksBack(m, clauses[i])) {
      clauses[i - 1].last = clauses[i].last;
      clauses.erase(clauses.begin() + static_cast<int64_t>(i));
    } else {
      ++i;
    }
  }
  // Of a long story, what it asks for counts before what it tells.
  size_t left = kMostWishes;
  for (const bool asking : {true, false}) {
    for (Clause& clause : clauses) {
      if (!clause.wish || Asks(m, clause) != asking) continue;
      clause.wish = left > 0;
      left -= left > 0;
    }
  }
  return clauses;
}

}  // namespace frontdesk::understand
