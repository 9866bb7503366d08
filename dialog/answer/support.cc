#include "dialog/answer/support.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "re2/re2.h"
#include "text/analyse.h"
#include "text/normalise.h"
#include "text/segment.h"

namespace frontdesk::dialog {
namespace {

constexpr int64_t kOne = 1'000'000;

int64_t ShareOf(const std::set<std::string>& wanted, const std::set<std::string>& there) {
  if (wanted.empty()) return 0;
  int64_t found = 0;
  for (const std::string& term : wanted) found += there.contains(term) ? 1 : 0;
  return found * kOne / static_cast<int64_t>(wanted.size());
}

std::string LanguageOf(const FoundPassage& passage) {
  return passage.language.empty() ? "en" : passage.language;
}

// Capitalised words and codes inside a sentence, folded: names that must be known.
std::set<std::string> EntitiesOf(std::string_view sentence) {
  std::set<std::string> entities;
  bool first = true;
  for (const text::Span& word : text::Words(sentence, "en")) {
    std::string_view shape = text::Slice(sentence, word);
    const bool capital = std::isupper(static_cast<unsigned char>(shape[0])) != 0;
    if (capital && !first && shape.size() > 1) entities.insert(text::FoldText(shape));
    first = false;
  }
  return entities;
}

bool AllKnown(const std::set<std::string>& entities, const std::string& known) {
  return std::all_of(entities.begin(), entities.end(), [&](const std::string& entity) {
    return known.find(entity) != std::string::npos;
  });
}

// Number words count as numbers: "two years" is supported by "2 years".
std::string DigitsForWords(std::string text) {
  static const std::pair<const char*, const char*> kWords[] = {
      {"\\bone\\b", "1"},     {"\\btwo\\b", "2"},     {"\\bthree\\b", "3"},
      {"\\bfour\\b", "4"},    {"\\bfive\\b", "5"},    {"\\bsix\\b", "6"},
      {"\\bseven\\b", "7"},   {"\\beight\\b", "8"},   {"\\bnine\\b", "9"},
      {"\\bten\\b", "10"},    {"\\btwelve\\b", "12"}, {"\\bfourteen\\b", "14"},
      {"\\btwenty\\b", "20"}, {"\\bthirty\\b", "30"}};
  static const auto* kPatterns = [] {
    auto* patterns = new std::vector<std::pair<std::unique_ptr<RE2>, const char*>>;
    for (const auto& [word, digits] : kWords)
      patterns->emplace_back(std::make_unique<RE2>(word), digits);
    return patterns;
  }();
  for (const auto& [pattern, digits] : *kPatterns) RE2::GlobalReplace(&text, *pattern, digits);
  return text;
}

}  // namespace

std::set<std::string> ContentTerms(std::string_view text, std::string_view language) {
  std::set<std::string> terms;
  for (const text::Token& token : text::Analyse(text, language, {.drop_stop_words = true})) {
    terms.insert(token.term);
  }
  return terms;
}

std::vector<std::string> NumbersOf(std::string_view raw) {
  std::string text = text::FoldText(raw);
  std::set<std::string> numbers;
  for (size_t i = 0; i < text.size();) {
    if (!std::isdigit(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    std::string number;
    size_t at = i;
    while (at < text.size()) {
      const char c = text[at];
      const bool digit_next =
          at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1]));
      if (std::isdigit(static_cast<unsigned char>(c))) {
        number += c;
      } else if (c == ',' && digit_next && at + 3 < text.size() &&
                 std::isdigit(static_cast<unsigned char>(text[at + 3])) &&
                 (at + 4 >= text.size() ||
                  !std::isdigit(static_cast<unsigned char>(text[at + 4])))) {
        // a comma between thousands
      } else if ((c == '.' || c == ',' || c == ':') && digit_next) {
        number += c == ',' ? '.' : c;
      } else {
        break;
      }
      ++at;
    }
    // "49.90" and "49.9", "4.00" and "4" are the same amount.
    if (number.find('.') != std::string::npos && number.find(':') == std::string::npos) {
      while (number.back() == '0') number.pop_back();
      if (number.back() == '.') number.pop_back();
    }
    numbers.insert(number);
    i = at;
  }
  return {numbers.begin(), numbers.end()};
}

bool Denies(std::string_view text) {
  static const RE2 kWords(
      "\\b(not|no|never|none|nobody|nothing|neither|nor|cannot|without|nicht|kein\\w*|nie|niemals|"
      "ohne)\\b|n't\\b");
  return RE2::PartialMatch(text::FoldText(text), kWords);
}

Support CheckSupport(std::string_view sentence, std::string_view question,
                     const std::vector<FoundPassage>& passages, int64_t threshold) {
  Support best;
  best.rule = "coverage";
  const std::string known_question = text::FoldText(question);
  const std::vector<std::string> wanted = NumbersOf(DigitsForWords(text::FoldText(sentence)));
  const std::set<std::string> entities = EntitiesOf(sentence);
  int64_t best_support = -1;
  for (size_t i = 0; i < passages.size(); ++i) {
    const FoundPassage& passage = passages[i];
    const std::string language = LanguageOf(passage);
    const std::set<std::string> terms = ContentTerms(sentence, language);
    const std::string whole =
        absl::StrCat(passage.title, " ", absl::StrJoin(passage.headings, " "), " ", passage.text);
    Support here;
    here.passage = i;
    // The sentence of the passage that shares most with the claim is its source.
    int64_t source_share = -1;
    for (const text::Span& span : text::Sentences(passage.text, language)) {
      int64_t share = ShareOf(terms, ContentTerms(text::Slice(passage.text, span), language));
      if (share > source_share) {
        source_share = share;
        here.sentence = span;
      }
    }
    const int64_t coverage = ShareOf(terms, ContentTerms(whole, language));
    const int64_t support = (coverage + std::max<int64_t>(source_share, 0)) / 2;
    here.scores = {{"coverage", coverage},
                   {"source", std::max<int64_t>(source_share, 0)},
                   {"support", support},
                   {"threshold", threshold}};
    const std::string source(text::Slice(passage.text, here.sentence));
    std::vector<std::string> there = NumbersOf(DigitsForWords(text::FoldText(whole)));
    const bool numbers = std::includes(there.begin(), there.end(), wanted.begin(), wanted.end());
    // A yes/no answer may turn the question round; the denial must be the source's.
    if (!numbers)
      here.rule = "number";
    else if (Denies(sentence) != Denies(source))
      here.rule = "negation";
    else if (!AllKnown(entities, text::FoldText(whole) + " " + known_question))
      here.rule = "entity";
    else if (terms.empty())
      here.rule = "coverage";
    else if (support < threshold)
      here.rule = "support";
    else
      here.rule = "supported";
    here.holds = here.rule == "supported";
    if (here.holds > best.holds || (here.holds == best.holds && support > best_support)) {
      best = std::move(here);
      best_support = support;
    }
  }
  return best;
}

int64_t Relevance(std::string_view question, const FoundPassage& passage) {
  const std::string language = LanguageOf(passage);
  const std::set<std::string> terms = ContentTerms(question, language);
  const int64_t coverage =
      ShareOf(terms, ContentTerms(absl::StrCat(passage.title, " ", absl::StrJoin(passage.headings, " "),
                                          " ", passage.text),
                             language));
  if (passage.cosine_q == 0) return coverage;
  // A cosine of .20 is what unrelated texts have with MiniLM, .65 a clear match.
  const int64_t cosine = std::clamp<int64_t>((passage.cosine_q - 200'000) * 100 / 45, 0, kOne);
  return (45 * coverage + 55 * cosine) / 100;
}

}  // namespace frontdesk::dialog
