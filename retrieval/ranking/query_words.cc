#include "retrieval/ranking/query_words.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

absl::StatusOr<std::vector<std::vector<std::string>>> ReadSynonyms(std::string_view text) {
  constexpr size_t kMostPhrases = 16;
  constexpr size_t kMostGroups = 1'000;
  std::vector<std::vector<std::string>> out;
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++line_number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line.front() == '#') continue;
    const auto fault = [&](const char* what) {
      return absl::InvalidArgumentError(absl::StrCat("line ", line_number, " ", what));
    };
    std::vector<std::string> group;
    for (const absl::string_view phrase : absl::StrSplit(line, ',')) {
      group.emplace_back(absl::StripAsciiWhitespace(phrase));
      if (group.back().empty()) return fault("has an empty phrase; take a comma away");
    }
    if (group.size() < 2) return fault("names one phrase; write what means the same behind a comma");
    if (group.size() > kMostPhrases) return fault("has more than 16 phrases; split it");
    out.push_back(std::move(group));
    if (out.size() > kMostGroups) return fault("is group 1,001; at most 1,000 are read");
  }
  return out;
}

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
