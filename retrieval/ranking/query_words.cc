#include "retrieval/ranking/query_words.h"

#include <algorithm>
#include <map>

#include "text/analyse.h"
#include "text/normalise.h"
#include "text/segment.h"

namespace frontdesk::retrieval {
namespace {

std::vector<std::string> TermsOf(std::string_view phrase, std::string_view language) {
  std::vector<std::string> out;
  for (text::Token& token : text::Analyse(phrase, language)) out.push_back(std::move(token.term));
  return out;
}

}  // namespace

SynonymGroups AnalyseSynonyms(const std::vector<std::vector<std::string>>& groups,
                              std::span<const std::string> languages) {
  SynonymGroups out;
  for (const std::vector<std::string>& group : groups) {
    std::vector<std::vector<std::string>>& phrases = out.emplace_back();
    for (const std::string& phrase : group) {
      for (const std::string& language : languages) {
        std::vector<std::string> terms = TermsOf(phrase, language);
        if (!terms.empty() && std::find(phrases.begin(), phrases.end(), terms) == phrases.end()) {
          phrases.push_back(std::move(terms));
        }
      }
    }
  }
  return out;
}

std::vector<WeightedTerm> QueryTerms(std::string_view query, std::span<const std::string> languages,
                                     const RankingOptions& options, const SynonymGroups& synonyms) {
  std::map<std::string, float, std::less<>> weights;
  for (const std::string& language : languages) {
    std::map<std::string, float, std::less<>> here;
    for (const text::Span& span : text::Words(query, language)) {
      const std::string_view word = text::Slice(query, span);
      std::string term = text::AnalyseWord(word, language);
      if (term.empty()) continue;
      const bool light = text::IsStopWord(text::FoldText(word), language);
      here[std::move(term)] += light ? static_cast<float>(options.stop_word_weight) : 1.0f;
    }
    for (const auto& [term, weight] : here) {
      float& held = weights[term];
      held = std::max(held, weight);
    }
  }
  std::map<std::string, float, std::less<>> added;
  for (const auto& group : synonyms) {
    const auto named = [&](const std::vector<std::string>& phrase) {
      return std::all_of(phrase.begin(), phrase.end(),
                         [&](const std::string& term) { return weights.contains(term); });
    };
    if (std::none_of(group.begin(), group.end(), named)) continue;
    for (const std::vector<std::string>& phrase : group) {
      const double share = options.synonym_weight / static_cast<double>(phrase.size());
      for (const std::string& term : phrase) {
        if (weights.contains(term)) continue;
        float& held = added[term];
        held = std::max(held, static_cast<float>(share));
      }
    }
  }
  weights.merge(added);
  std::vector<WeightedTerm> out;
  for (const auto& [term, weight] : weights) {
    if (weight > 0) out.push_back({term, weight});
  }
  return out;
}

}  // namespace frontdesk::retrieval
