#include "dialog/understand/cues.h"

#include <algorithm>
#include <cstdlib>

#include "dialog/understand/words/phrasebook.h"

namespace frontdesk::understand {

namespace {

constexpr size_t kPaddingWords = 2;  // "ok please cancel that now"

// Whether one clause is a command of the table and little else.
bool IsCommand(const Message& m, const Clause& clause, const PhraseTable& table) {
  const Phrasebook& book = Phrasebook::Get();
  size_t words = 0;
  for (size_t i = clause.first; i < clause.last; ++i) {
    if (m.tokens[i].kind == MessageToken::kNumber || m.tokens[i].kind == MessageToken::kVault) {
      return false;
    }
    words += m.tokens[i].kind == MessageToken::kWord;
  }
  for (size_t i = clause.first; i < clause.last; ++i) {
    const size_t matched = table.Match(m, i, clause.last);
    if (matched == 0) continue;
    // "back" alone is a command, "money back" and "call back please" are wishes.
    const size_t padding = &table == &book.back && matched == 1 ? 0 : kPaddingWords;
    if (words > matched + padding) return false;
    for (size_t j = i + matched; j < clause.last; ++j) {
      if (book.order_nouns.Match(m, j, clause.last) > 0) return false;
    }
    // "don't cancel": the command is denied.
    return i == 0 || book.no.FindBefore(m, i).tokens == 0 || m.key(i - 1) == "no";
  }
  return false;
}

bool AnyCommand(const Message& m, const std::vector<Clause>& clauses, const PhraseTable& table) {
  return std::any_of(clauses.begin(), clauses.end(),
                     [&](const Clause& c) { return IsCommand(m, c, table); });
}

// A phrase at the start of a clause.
bool Opens(const Message& m, const std::vector<Clause>& clauses, const PhraseTable& table) {
  return std::any_of(clauses.begin(), clauses.end(), [&](const Clause& c) {
    return table.Match(m, c.first, c.last) > 0;
  });
}

// A phrase at the end of a clause: "fine, thanks, goodbye", "fine goodbye".
bool Closes(const Message& m, const std::vector<Clause>& clauses, const PhraseTable& table) {
  return std::any_of(clauses.begin(), clauses.end(), [&](const Clause& c) {
    size_t last = c.last;
    while (last > c.first && m.tokens[last - 1].kind == MessageToken::kMark) --last;
    for (size_t i = c.first; i < last; ++i) {
      const size_t matched = table.Match(m, i, last);
      if (matched > 0 && i + matched == last) return true;
    }
    return false;
  });
}

bool AsksSomething(const Message& m, const std::vector<Clause>& clauses) {
  for (size_t i = 0; i < m.size(); ++i) {
    if (m.IsMark(i, '?') || m.key(i) == "؟" || m.key(i) == "？") return true;
  }
  return Opens(m, clauses, Phrasebook::Get().question_words);
}

}  // namespace

std::vector<std::string> FindCues(const Message& m, const std::vector<Clause>& clauses) {
  const Phrasebook& book = Phrasebook::Get();
  std::vector<std::string> cues;
  const auto add = [&](bool present, std::string_view name) {
    if (present) cues.emplace_back(name);
  };
  add(AnyCommand(m, clauses, book.cancel), cue::kCancel);
  add(AnyCommand(m, clauses, book.repeat), cue::kRepeat);
  add(AnyCommand(m, clauses, book.back), cue::kBack);
  add(book.human.In(m), cue::kHuman);
  add(book.thanks.In(m), cue::kThanks);
  add(Opens(m, clauses, book.greeting), cue::kGreeting);
  add(Opens(m, clauses, book.bye) || Closes(m, clauses, book.bye), cue::kBye);
  add(book.correction.In(m), cue::kCorrection);
  add(book.negators.In(m) || book.no.Match(m, 0) > 0, cue::kNegation);
  add(book.swearing.In(m), cue::kSwearing);
  add(book.dont_know.In(m), cue::kDontKnow);
  add(AnyCommand(m, clauses, book.wait), cue::kWait);
  add(AsksSomething(m, clauses), cue::kQuestion);
  add(AnyCommand(m, clauses, book.resume), cue::kResume);
  add(IsPlainAnswer(m), cue::kPlainAnswer);
  return cues;
}

bool IsPlainAnswer(const Message& m) {
  const Phrasebook& book = Phrasebook::Get();
  const size_t matched = std::max(book.yes.Match(m, 0), book.no.Match(m, 0));
  size_t end = matched;
  while (end < m.size() && (m.tokens[end].kind == MessageToken::kMark ||
                            book.light_words.Match(m, end) > 0)) {
    ++end;
  }
  return matched > 0 && end >= m.size();
}

std::optional<bool> FindAffirmation(const Message& m, bool asked_yes_no) {
  const Phrasebook& book = Phrasebook::Get();
  size_t at = 0;
  while (at < m.size() && (m.tokens[at].kind == MessageToken::kMark ||
                           (book.fillers.Match(m, at) > 0 && !book.yes.Match(m, at)))) {
    ++at;
  }
  const size_t limit = asked_yes_no ? m.size() : std::min(m.size(), at + 1);
  const bool counter_question = book.question_words.Match(m, at) > 0;
  // What opens the message counts; else the last word on it: "I don't like trains, but yes please".
  std::optional<bool> said;
  for (const size_t first = at; at < limit; ++at) {
    const size_t yes = book.yes.Match(m, at), no = book.no.Match(m, at);
    if (yes == 0 && no == 0) continue;
    const size_t matched = std::max(yes, no);
    if (counter_question && matched < 2) return std::nullopt;
    if (matched < m.size() && book.hedges.In(m)) return std::nullopt;
    if (!asked_yes_no && at + matched < m.size() && m.size() > 4 &&
        m.tokens[at + matched].kind != MessageToken::kMark) {
      return std::nullopt;  // "right boot is torn"
    }
    said = yes > no && book.negators.FindBefore(m, at).tokens == 0;
    if (at == first) return said;
    at += matched - 1;
  }
  return said;
}

Sentiment FindSentiment(const Message& m) {
  const Phrasebook& book = Phrasebook::Get();
  int sum = 0, strength = 0;
  for (size_t i = 0; i < m.size();) {
    const PhraseTable::Found found = book.sentiment.Find(m, i);
    if (found.tokens == 0) {
      ++i;
      continue;
    }
    int value = found.value * 100;
    const PhraseTable::Found intensifier = book.intensifiers.FindBefore(m, i);
    if (intensifier.tokens > 0) {
      value += value * intensifier.value / 100;
      strength += std::abs(intensifier.value) * 3;
    }
    const size_t from = i >= 3 ? i - 3 : 0;
    if (book.negators.In(m, from, i)) value = -value / 2;  // "not good" is milder than "bad"
    sum += value;
    i += found.tokens;
  }
  int letters = 0, capitals = 0, exclamations = 0;
  for (char c : m.text) {
    letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    capitals += c >= 'A' && c <= 'Z';
    exclamations += c == '!';
  }
  const bool shouted = letters >= 8 && capitals * 10 >= letters * 7;
  if (shouted) {
    strength += 300;
    sum += sum == 0 ? -100 : sum / 2;
  }
  strength += std::min(exclamations, 5) * 80;
  if (book.swearing.In(m)) strength += 300;
  sum += sum / 10 * std::min(exclamations, 3);
  Sentiment sentiment;
  sentiment.polarity = std::clamp(sum * 2, -1000, 1000);
  sentiment.intensity = std::clamp(std::abs(sum) + strength, 0, 1000);
  return sentiment;
}

}  // namespace frontdesk::understand
