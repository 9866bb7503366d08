// From a question to weighted index terms: analysis in the documents' languages, lighter stop
// words, synonyms. Pure, thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "retrieval/index/index_snapshot.h"
#include "retrieval/ranking/ranking_options.h"

namespace frontdesk::retrieval {

// Groups of phrases of the same meaning, analysed: [group][phrase][term].
using SynonymGroups = std::vector<std::vector<std::vector<std::string>>>;

// A bundle's synonyms.txt: one group of words or phrases that mean the same a line, separated by
// commas; empty lines and lines that begin with # are left out.
//
//   ReadSynonyms("refund, money back\n")  // {{"refund", "money back"}}
//
// Errors: INVALID_ARGUMENT naming the line (one phrase alone, an empty one, more than 16 phrases, more
// than 1,000 groups).
absl::StatusOr<std::vector<std::vector<std::string>>> ReadSynonyms(std::string_view text);

SynonymGroups AnalyseSynonyms(const std::vector<std::vector<std::string>>& groups,
                              std::span<const std::string> languages);

// The terms to look up. A word analysed alike in several languages counts once.
std::vector<WeightedTerm> QueryTerms(std::string_view query, std::span<const std::string> languages,
                                     const RankingOptions& options, const SynonymGroups& synonyms);

}  // namespace frontdesk::retrieval
