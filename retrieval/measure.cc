#include "retrieval/measure.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "retrieval/judged_collection.h"
#include "retrieval/knowledge_base.h"
#include "retrieval/stopwatch.h"

namespace frontdesk::retrieval {
namespace {

constexpr int kDepth = 100;

double Gain(int grade) { return std::exp2(grade) - 1; }
double Discount(size_t rank) { return 1 / std::log2(static_cast<double>(rank) + 2); }

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto at = static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  return values[at];
}

struct RankedQuery {
  std::vector<std::string> ranking;  // document ids, best first
  std::vector<int64_t> scores;
};

absl::StatusOr<RankedQuery> Rank(const KnowledgeSnapshot& snapshot, const std::string& text,
                                 SearchMode mode, std::span<const float> embedding) {
  absl::StatusOr<std::vector<Hit>> hits =
      snapshot.Search(text, {.k = kDepth, .mode = mode, .query_embedding = embedding});
  if (!hits.ok()) return hits.status();
  RankedQuery out;
  for (const Hit& hit : *hits) {
    // A document of several passages ranks where its best one does.
    if (std::find(out.ranking.begin(), out.ranking.end(), hit.passage->document_id) !=
        out.ranking.end()) {
      continue;
    }
    out.ranking.push_back(hit.passage->document_id);
    out.scores.push_back(hit.score_q);
  }
  return out;
}

nlohmann::json Prediction(const JudgedQuery& query, SearchMode mode, const RankedQuery& ranked) {
  nlohmann::json top = nlohmann::json::array();
  for (size_t i = 0; i < std::min<size_t>(10, ranked.ranking.size()); ++i) {
    top.push_back({{"id", ranked.ranking[i]}, {"score_millionths", ranked.scores[i]}});
  }
  return {{"query_id", query.id}, {"text", query.text}, {"mode", ModeName(mode)}, {"ranking", top}};
}

}  // namespace

double NormalisedGain(const std::vector<std::string>& ranking, const Judgements& judgements,
                      int depth) {
  double gain = 0;
  for (size_t i = 0; i < std::min(ranking.size(), static_cast<size_t>(depth)); ++i) {
    const auto judged = judgements.find(ranking[i]);
    if (judged != judgements.end()) gain += Gain(judged->second) * Discount(i);
  }
  std::vector<int> grades;
  for (const auto& [id, grade] : judgements) grades.push_back(grade);
  std::sort(grades.rbegin(), grades.rend());
  double ideal = 0;
  for (size_t i = 0; i < std::min(grades.size(), static_cast<size_t>(depth)); ++i) {
    ideal += Gain(grades[i]) * Discount(i);
  }
  return ideal > 0 ? gain / ideal : 0;
}

double Recall(const std::vector<std::string>& ranking, const Judgements& judgements, int depth) {
  size_t relevant = 0, found = 0;
  for (const auto& [id, grade] : judgements) {
    if (grade <= 0) continue;
    ++relevant;
    const auto end = ranking.begin() +
                     std::min<std::ptrdiff_t>(depth, static_cast<std::ptrdiff_t>(ranking.size()));
    found += std::find(ranking.begin(), end, id) != end;
  }
  return relevant > 0 ? static_cast<double>(found) / static_cast<double>(relevant) : 0;
}

absl::StatusOr<RetrievalReport> RunRetrievalEval(const RetrievalEvalOptions& options) {
  absl::StatusOr<JudgedCollection> collection =
      ReadJudgedCollection(options.corpus, options.queries, options.qrels);
  if (!collection.ok()) return collection.status();
  for (const SearchMode mode : options.modes) {
    if (mode != SearchMode::kBm25 && !options.embed) {
      return absl::FailedPreconditionError(absl::StrCat(
          "mode ", std::string(ModeName(mode)), " needs the encoder; run scripts/fetch_models.sh"));
    }
  }
  absl::StatusOr<IndexedCollection> indexed =
      IndexCollection(*collection, options.embed, options.ranking);
  if (!indexed.ok()) return indexed.status();
  const std::shared_ptr<const KnowledgeSnapshot> snapshot = indexed->base->snapshot();

  std::ofstream predictions;
  if (!options.predictions.empty()) {
    predictions.open(options.predictions);
    if (!predictions) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot write predictions to ", options.predictions));
    }
  }
  RetrievalReport report{.docs_per_second = indexed->docs_per_second,
                         .documents = collection->documents.size()};
  std::map<SearchMode, std::vector<double>> times;
  for (const JudgedQuery& query : collection->queries) {
    std::vector<float> embedding;
    if (options.embed) {
      const std::vector<std::string> one = {query.text};
      absl::StatusOr<std::vector<std::vector<float>>> embedded = options.embed(one);
      if (!embedded.ok()) return embedded.status();
      embedding = std::move(embedded->front());
    }
    for (const SearchMode mode : options.modes) {
      absl::StatusOr<RankedQuery> ranked = Rank(*snapshot, query.text, mode, embedding);
      if (!ranked.ok()) return ranked.status();
      const Stopwatch watch;
      (void)snapshot->Search(query.text, {.k = 10, .mode = mode, .query_embedding = embedding});
      times[mode].push_back(watch.Microseconds());
      ModeReport& sum = report.modes[std::string(ModeName(mode))];
      sum.ndcg10 += NormalisedGain(ranked->ranking, query.judgements, 10);
      sum.recall10 += Recall(ranked->ranking, query.judgements, 10);
      sum.recall100 += Recall(ranked->ranking, query.judgements, kDepth);
      ++sum.queries;
      if (predictions) predictions << Prediction(query, mode, *ranked).dump() << "\n";
    }
  }
  for (const auto& [mode, values] : times) {
    ModeReport& mean = report.modes[std::string(ModeName(mode))];
    const auto n = static_cast<double>(std::max<size_t>(mean.queries, 1));
    mean.ndcg10 /= n;
    mean.recall10 /= n;
    mean.recall100 /= n;
    mean.p50_us = Quantile(values, 0.5);
    mean.p99_us = Quantile(values, 0.99);
  }
  return report;
}

nlohmann::json ToJson(const RetrievalReport& report) {
  nlohmann::json out = {{"docs_per_second", report.docs_per_second},
                        {"documents", report.documents}};
  for (const auto& [name, mode] : report.modes) {
    out[name] = {{"ndcg10", mode.ndcg10},
                 {"recall10", mode.recall10},
                 {"recall100", mode.recall100},
                 {"p50_us", mode.p50_us},
                 {"p99_us", mode.p99_us},
                 {"docs_per_second", report.docs_per_second},
                 {"n", mode.queries}};
  }
  return out;
}

std::string ToTable(const RetrievalReport& report) {
  std::string out = absl::StrFormat("%-8s %9s %9s %10s %9s %9s %8s\n", "mode", "nDCG@10",
                                    "recall@10", "recall@100", "p50 µs", "p99 µs", "queries");
  for (const auto& [name, mode] : report.modes) {
    absl::StrAppendFormat(&out, "%-8s %9.4f %9.4f %10.4f %9.0f %9.0f %8d\n", name, mode.ndcg10,
                          mode.recall10, mode.recall100, mode.p50_us, mode.p99_us, mode.queries);
  }
  absl::StrAppendFormat(&out, "%d documents indexed, %.0f a second\n", report.documents,
                        report.docs_per_second);
  return out;
}

std::string_view ModeName(SearchMode mode) {
  switch (mode) {
    case SearchMode::kHybrid:
      return "hybrid";
    case SearchMode::kBm25:
      return "bm25";
    case SearchMode::kDense:
      return "dense";
  }
  return "hybrid";
}

absl::StatusOr<SearchMode> ModeFromName(std::string_view name) {
  for (const SearchMode mode : {SearchMode::kHybrid, SearchMode::kBm25, SearchMode::kDense}) {
    if (ModeName(mode) == name) return mode;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown mode '", std::string(name), "'; use bm25, dense or hybrid"));
}

}  // namespace frontdesk::retrieval
