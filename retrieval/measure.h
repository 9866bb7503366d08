// How good and how fast ranking is on a judged collection (BEIR form: corpus.jsonl,
// queries.jsonl, qrels.tsv). `frontdesk eval retrieval` prints what this returns.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"
#include "retrieval/embed_fn.h"
#include "retrieval/knowledge_snapshot.h"
#include "retrieval/ranking/fit.h"
#include "retrieval/ranking/ranking_options.h"

namespace frontdesk::retrieval {

// Grades of one query's relevant documents, by document id; others are 0.
using Judgements = std::map<std::string, int, std::less<>>;

// Discounted cumulative gain of the first `depth` ids over that of the ideal order, 0..1;
// 0 when nothing is relevant. Gain 2^grade − 1, discount 1/log2(rank + 1).
double NormalisedGain(const std::vector<std::string>& ranking, const Judgements& judgements,
                      int depth);

// Share of the relevant documents among the first `depth` ids; 0 when nothing is relevant.
double Recall(const std::vector<std::string>& ranking, const Judgements& judgements, int depth);

struct RetrievalEvalOptions {
  std::string corpus;   // file of {"_id","title","text"} lines
  std::string queries;  // file of {"_id","text"} lines
  std::string qrels;    // tab-separated query id, document id, grade, with a heading line
  std::vector<SearchMode> modes = {SearchMode::kBm25};
  std::string predictions;  // file to write, or empty: per query and mode the first ten ids
  EmbedFn embed;            // needed by the modes dense and hybrid
  RankingOptions ranking;
};

struct ModeReport {
  double ndcg10 = 0;
  double recall10 = 0;
  double recall100 = 0;
  // CPU time of one search for ten passages, embedding of the query left out, microseconds.
  double p50_us = 0;
  double p99_us = 0;
  size_t queries = 0;
};

struct RetrievalReport {
  std::map<std::string, ModeReport> modes;  // "bm25", "dense", "hybrid"
  double docs_per_second = 0;               // indexing, without embedding
  size_t documents = 0;
};

// Queries without a judged document are left out.
// Errors: INVALID_ARGUMENT or NOT_FOUND naming file and line; FAILED_PRECONDITION (dense or hybrid
// asked for without `embed`).
absl::StatusOr<RetrievalReport> RunRetrievalEval(const RetrievalEvalOptions& options);

// Fits the weights of the fused score to judged folders (corpus.jsonl, queries.jsonl, qrels.tsv in
// each), every folder counting the same, and validates them by five folds. Errors: as above.
absl::StatusOr<FitReport> RunRetrievalFit(const std::vector<std::string>& folders,
                                          const EmbedFn& embed, const RankingOptions& start);

// The last line of `eval retrieval --json`, and its table for people.
nlohmann::json ToJson(const RetrievalReport& report);
std::string ToTable(const RetrievalReport& report);

std::string_view ModeName(SearchMode mode);
absl::StatusOr<SearchMode> ModeFromName(std::string_view name);

}  // namespace frontdesk::retrieval
