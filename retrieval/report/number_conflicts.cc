#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "retrieval/report/knowledge_report.h"
#include "text/analyse.h"
#include "text/normalise.h"
#include "text/segment.h"

namespace frontdesk::retrieval {
namespace {

constexpr size_t kFewestShared = 4;    // words that two sentences must share
constexpr size_t kMostSentences = 40;  // a word in more sentences finds no pairs

struct Number {
  std::string value;
  std::string after;  // the term that follows: what is counted
  friend bool operator==(const Number&, const Number&) = default;
};

struct Statement {
  ReportPlace place;
  std::set<std::string> terms;  // without numbers and function words, with those of the headings
  std::vector<Number> numbers;
};

bool IsNumber(std::string_view term) {
  return !term.empty() && term.front() >= '0' && term.front() <= '9';
}

Statement Read(const Passage& passage, const text::Span& sentence) {
  Statement out{.place = {&passage, sentence}};
  const std::vector<text::Token> tokens = text::Analyse(
      text::Slice(passage.text, sentence), passage.language, {.drop_stop_words = true});
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!IsNumber(tokens[i].term)) {
      out.terms.insert(tokens[i].term);
      continue;
    }
    const bool last = i + 1 == tokens.size();
    out.numbers.push_back({tokens[i].term, last ? std::string() : tokens[i + 1].term});
  }
  return out;
}

// The first number that counts the same in both but differs.
std::optional<std::pair<Number, Number>> Differing(const Statement& a, const Statement& b) {
  if (a.numbers.size() != b.numbers.size()) return std::nullopt;
  std::optional<std::pair<Number, Number>> out;
  for (size_t i = 0; i < a.numbers.size(); ++i) {
    if (a.numbers[i].after != b.numbers[i].after) return std::nullopt;
    if (a.numbers[i].value != b.numbers[i].value && !out) out = {a.numbers[i], b.numbers[i]};
  }
  return out;
}

}  // namespace

std::vector<NumberConflict> FindNumberConflicts(const std::vector<const Passage*>& passages) {
  std::vector<Statement> statements;
  for (const Passage* passage : passages) {
    for (const text::Span& sentence : text::Sentences(passage->text, passage->language)) {
      Statement statement = Read(*passage, sentence);
      if (!statement.numbers.empty() && statement.terms.size() >= kFewestShared) {
        statements.push_back(std::move(statement));
      }
    }
  }
  std::map<std::string, std::vector<uint32_t>> by_term;
  for (uint32_t s = 0; s < statements.size(); ++s) {
    for (const std::string& term : statements[s].terms) by_term[term].push_back(s);
  }
  std::map<std::pair<uint32_t, uint32_t>, size_t> shared;
  for (const auto& [term, holding] : by_term) {
    if (holding.size() > kMostSentences) continue;
    for (size_t i = 0; i < holding.size(); ++i) {
      for (size_t j = i + 1; j < holding.size(); ++j) ++shared[{holding[i], holding[j]}];
    }
  }
  std::vector<NumberConflict> out;
  std::set<std::pair<const Passage*, const Passage*>> seen;
  for (const auto& [pair, rare] : shared) {
    const Statement& a = statements[pair.first];
    const Statement& b = statements[pair.second];
    if (a.place.passage->document_id == b.place.passage->document_id) continue;
    std::vector<std::string> both;
    std::set_intersection(a.terms.begin(), a.terms.end(), b.terms.begin(), b.terms.end(),
                          std::back_inserter(both));
    const size_t all = a.terms.size() + b.terms.size() - both.size();
    // Three of four words the same: the two speak of one thing.
    if (both.size() < kFewestShared || both.size() * 4 < all * 3) continue;
    const auto differing = Differing(a, b);
    if (!differing || !seen.insert({a.place.passage, b.place.passage}).second) continue;
    out.push_back({a.place, b.place, differing->first.value, differing->second.value});
  }
  return out;
}

}  // namespace frontdesk::retrieval
