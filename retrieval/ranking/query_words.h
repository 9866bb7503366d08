// From a question to weighted index terms: analysis in the documents' languages, lighter stop
// words, synonyms. Pure, thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "retrieval/index/index_snapshot.h"
#include "retrieval/ranking/ranking_options.h"

namespace frontdesk::retrieval {

// Groups of phrases of the same meaning, analysed: [group][phrase][term].
using SynonymGroups = std::vector<std::vector<std::vector<std::string>>>;

SynonymGroups AnalyseSynonyms(const std::vector<std::vector<std::string>>& groups,
                              std::span<const std::string> languages);

// The terms to look up. A word analysed alike in several languages counts once.
std::vector<WeightedTerm> QueryTerms(std::string_view query, std::span<const std::string> languages,
                                     const RankingOptions& options, const SynonymGroups& synonyms);

}  // namespace frontdesk::retrieval
