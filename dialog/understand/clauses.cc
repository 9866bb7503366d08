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
size_t Courtesy(const Message& m, size_t first, size_t last) {
  const Phrasebook& book = Phrasebook::Get();
  size_t best = 0;
  for (const PhraseTable* table : {&book.greeting, &book.thanks, &book.bye, &book.fillers}) {
    best = std::max(best, table->Match(m, first, last));
  }
  return best;
}

// Words that are neither numbers, marks, vault tokens nor courtesy.
size_t MeaningWords(const Message& m, const Clause& clause) {
  size_t words = 0;
  for (size_t i = clause.first; i < clause.last;) {
    if (const size_t courtesy = Courtesy(m, i, clause.last); courtesy > 0) {
      i += courtesy;
      continue;
    }
    words += m.tokens[i].kind == MessageToken::kWord;
    ++i;
  }
  return words;
}

}  // namespace

std::vector<Clause> SplitClauses(const Message& m) {
  const Phrasebook& book = Phrasebook::Get();
  std::vector<Clause> clauses;
  size_t first = 0;
  const auto close = [&](size_t last) {
    if (last > first) clauses.push_back({first, last});
  };
  for (size_t i = 0; i < m.size();) {
    if (EndsClause(m, i)) {
      close(i + 1);
      first = ++i;
    } else if (const size_t joiner = book.clause_joiners.Match(m, i); joiner > 0) {
      close(i);
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
    clause.wish = MeaningWords(m, clause) >= kShortestWish;
  }
  // "the tent and the stove": a joined clause without enough words goes with the one before.
  size_t wishes = 0;
  for (Clause& clause : clauses) {
    if (clause.wish && ++wishes > kMostWishes) clause.wish = false;
  }
  return clauses;
}

}  // namespace frontdesk::understand
