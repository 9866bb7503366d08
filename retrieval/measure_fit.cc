#include <algorithm>
#include <cmath>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "retrieval/candidates.h"
#include "retrieval/judged_collection.h"
#include "retrieval/measure.h"
#include "retrieval/ranking/query_words.h"

namespace frontdesk::retrieval {
namespace {

double IdealGain(const Judgements& judgements) {
  std::vector<int> grades;
  for (const auto& [id, grade] : judgements) grades.push_back(grade);
  std::sort(grades.rbegin(), grades.rend());
  double ideal = 0;
  for (size_t i = 0; i < std::min<size_t>(10, grades.size()); ++i) {
    ideal += (std::exp2(grades[i]) - 1) / std::log2(static_cast<double>(i) + 2);
  }
  return ideal;
}

// The candidates of a query as a hybrid search has them, all of them read again.
absl::StatusOr<JudgedCandidates> CandidatesOf(const KnowledgeSnapshot& snapshot,
                                              const JudgedQuery& query, const EmbedFn& embed) {
  const SnapshotParts& parts = snapshot.parts();
  const std::vector<std::string> text = {query.text};
  const auto embedded = embed(text);
  if (!embedded.ok()) return embedded.status();
  const std::vector<float>& embedding = embedded->front();
  const std::vector<WeightedTerm> terms =
      QueryTerms(query.text, parts.languages, parts.ranking, *parts.synonyms);
  const auto by_words = parts.index->Search(terms, parts.ranking.candidates);
  size_t compared = 0;
  JudgedCandidates out{.ideal_gain = IdealGain(query.judgements)};
  out.candidates = HybridCandidates(
      parts, terms, by_words,
      NearestPassages(parts, embedding, static_cast<size_t>(parts.ranking.candidates), &compared),
      embedding);
  Fuse(parts.ranking.weights, &out.candidates);
  SortByScore(&out.candidates);
  ReadAgain(parts, query.text, static_cast<size_t>(parts.ranking.reread), &out.candidates);
  for (const Candidate& c : out.candidates) {
    const auto judged = query.judgements.find(parts.at({c.part, c.number}).document_id);
    out.grades.push_back(judged == query.judgements.end() ? 0 : judged->second);
  }
  return out;
}

}  // namespace

absl::StatusOr<FitReport> RunRetrievalFit(const std::vector<std::string>& folders,
                                          const EmbedFn& embed, const RankingOptions& start) {
  if (!embed) {
    return absl::FailedPreconditionError(
        "fitting needs the encoder; run scripts/fetch_models.sh");
  }
  std::vector<FitCollection> collections;
  for (const std::string& folder : folders) {
    const auto collection = ReadJudgedCollection(folder + "/corpus.jsonl", folder + "/queries.jsonl",
                                                 folder + "/qrels.tsv");
    if (!collection.ok()) return collection.status();
    const auto indexed = IndexCollection(*collection, embed, start);
    if (!indexed.ok()) return indexed.status();
    const auto snapshot = indexed->base->snapshot();
    FitCollection& out = collections.emplace_back();
    out.name = std::filesystem::path(folder + "/.").parent_path().filename().string();
    for (const JudgedQuery& query : collection->queries) {
      auto candidates = CandidatesOf(*snapshot, query, embed);
      if (!candidates.ok()) return candidates.status();
      if (candidates->ideal_gain > 0) out.queries.push_back(*std::move(candidates));
    }
  }
  return FitAndValidate(collections, start.weights);
}

}  // namespace frontdesk::retrieval
