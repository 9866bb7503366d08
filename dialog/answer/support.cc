#include "dialog/answer/support.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "text/analyse.h"

namespace frontdesk::dialog {
namespace {

std::string LanguageOf(const FoundPassage& passage) {
  return passage.language.empty() ? "en" : passage.language;
}

std::string AboveOf(const FoundPassage& passage) {
  return absl::StrCat(passage.title, " ", absl::StrJoin(passage.headings, " "));
}

std::string RuleOf(const Evidence& evidence, bool says_something, int64_t probability,
                   int64_t threshold) {
  if (!evidence.numbers_agree) return "number";
  if (!evidence.denial_agrees) return "negation";
  if (!evidence.names_known) return "entity";
  if (!says_something) return "coverage";
  return probability < threshold ? "support" : "supported";
}

}  // namespace

std::set<std::string> ContentTerms(std::string_view text, std::string_view language) {
  std::set<std::string> terms;
  for (const text::Token& token : text::Analyse(text, language, {.drop_stop_words = true})) {
    terms.insert(token.term);
  }
  return terms;
}

SupportChecker::SupportChecker(const std::vector<FoundPassage>& passages, std::string_view question,
                               screen::EmbedFn embed)
    : passages_(passages), question_(question), embed_(std::move(embed)) {
  for (const FoundPassage& passage : passages) extras_.push_back(AboveOf(passage));
  for (size_t i = 0; i < passages.size(); ++i) {
    sources_.emplace_back(passages[i].text, LanguageOf(passages[i]), extras_[i]);
  }
  for (size_t i = 0; embed_ && i < passages.size(); ++i) {
    auto vectors = EmbedSentences(sources_[i], embed_);
    if (!vectors.ok()) {
      vectors_.clear();
      break;
    }
    vectors_.push_back(*std::move(vectors));
  }
}

Support SupportChecker::Check(std::string_view sentence, int64_t threshold) const {
  Support best;
  int64_t best_probability = -1;
  for (size_t i = 0; i < passages_.size(); ++i) {
    Nearness near;
    if (!vectors_.empty()) {
      const auto measured = NearnessOf(sentence, sources_[i].language(), vectors_[i], embed_);
      if (measured.ok()) near = *measured;
    }
    const Evidence evidence = ReadEvidence(sentence, question_, sources_[i], near);
    const int64_t probability = SupportModel::Shipped().Probability(evidence);
    Support here;
    here.passage = i;
    if (!sources_[i].sentences().empty()) here.sentence = sources_[i].sentences()[evidence.sentence];
    here.scores = {{"coverage", static_cast<int64_t>(evidence.signals[0] * 1e6f)},
                   {"source", static_cast<int64_t>(evidence.signals[5] * 1e6f)},
                   {"support", probability},
                   {"threshold", threshold}};
    here.rule = RuleOf(evidence, !ContentTerms(sentence, sources_[i].language()).empty(),
                       probability, threshold);
    here.holds = here.rule == "supported";
    if (here.holds > best.holds || (here.holds == best.holds && probability > best_probability)) {
      best = std::move(here);
      best_probability = probability;
    }
  }
  return best;
}

}  // namespace frontdesk::dialog
