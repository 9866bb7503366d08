// Which weights fuse words and embeddings best, one setting for several collections?
//
// Data: folders in BEIR form, judged queries. For every query the candidates of both rankings are
// taken once; then each setting of (dense share, ideal share) is ranked in memory. No randomness.
// Prints nDCG@10 per folder and the smallest gain over the better single ranking.
//
//   retrieval_fusion_bench --models MODELS --cache FILE DATA/stackfaq DATA/squad
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bench/retrieval/vector_cache.h"
#include "llm/encoder/encoder.h"
#include "retrieval/index/bm25.h"
#include "retrieval/judged_collection.h"
#include "retrieval/knowledge_base.h"
#include "retrieval/ranking/fusion.h"
#include "retrieval/ranking/query_words.h"
#include "retrieval/snapshot_parts.h"

namespace {

using namespace frontdesk::retrieval;

struct StudiedQuery {
  std::vector<Candidate> candidates;
  std::vector<std::string> ids;  // by candidate key order of `keys`
  std::vector<uint64_t> keys;
  double ideal = 0;
  Judgements judgements;
};

absl::StatusOr<std::vector<StudiedQuery>> Study(const std::string& folder, const EmbedFn& embed,
                                                double stop_word_weight) {
  auto collection = ReadJudgedCollection(folder + "/corpus.jsonl", folder + "/queries.jsonl",
                                         folder + "/qrels.tsv");
  if (!collection.ok()) return collection.status();
  KnowledgeOptions options{.embed = embed};
  options.ranking.stop_word_weight = stop_word_weight;
  options.passages.target_words = options.passages.max_words = 1'000'000;
  KnowledgeBase base(options);
  std::vector<Document> documents;
  for (const auto& [id, title, text] : collection->documents) {
    documents.push_back(
        {.id = id, .title = title, .bytes = text.empty() ? title : text, .language = "en"});
  }
  auto report = base.Upsert(documents);
  if (!report.ok()) return report.status();
  const auto snapshot = base.snapshot();
  std::vector<StudiedQuery> out;
  for (const JudgedQuery& query : collection->queries) {
    auto hits = snapshot->Search(query.text, {.k = 200});
    if (!hits.ok()) return hits.status();
    StudiedQuery studied{.judgements = query.judgements};
    for (const Hit& hit : *hits) {
      studied.candidates.push_back({.key = hit.id.value,
                                    .bm25 = static_cast<int32_t>(hit.bm25 * kScoreScale),
                                    .cosine = static_cast<float>(hit.cosine)});
      studied.ids.push_back(hit.passage->document_id);
      studied.keys.push_back(hit.id.value);
    }
    for (const WeightedTerm& term :
         QueryTerms(query.text, snapshot->parts().languages, options.ranking, {})) {
      studied.ideal += static_cast<double>(term.weight) *
                       snapshot->parts().index->InverseDocumentFrequencyOf(term.term) * kScoreScale;
    }
    out.push_back(std::move(studied));
  }
  return out;
}

double Measure(const std::vector<StudiedQuery>& queries, double dense, double ideal) {
  RankingOptions options;
  options.dense_share = dense;
  options.ideal_share = ideal;
  double sum = 0;
  for (const StudiedQuery& query : queries) {
    std::vector<Candidate> candidates = query.candidates;
    Fuse(options, query.ideal, &candidates);
    std::vector<std::string> ranking;
    for (size_t i = 0; i < std::min<size_t>(10, candidates.size()); ++i) {
      const auto at = std::find(query.keys.begin(), query.keys.end(), candidates[i].key);
      ranking.push_back(query.ids[static_cast<size_t>(at - query.keys.begin())]);
    }
    sum += NormalisedGain(ranking, query.judgements, 10);
  }
  return sum / static_cast<double>(queries.size());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("the best setting of the fusion over several collections");
  std::vector<std::string> folders;
  std::string models, cache;
  double stop_word_weight = 0.4;
  app.add_option("folders", folders)->required();
  app.add_option("--models", models)->required();
  app.add_option("--cache", cache);
  app.add_option("--stop-word-weight", stop_word_weight);
  CLI11_PARSE(app, argc, argv);
  auto encoder = frontdesk::llm::Encoder::Load(models + "/all-minilm-l6-v2");
  if (!encoder.ok()) {
    std::fprintf(stderr, "%s\n", encoder.status().ToString().c_str());
    return 2;
  }
  frontdesk::bench::VectorCache vectors(cache, **encoder);
  const EmbedFn embed = [&](std::span<const std::string> texts) { return vectors.Embed(texts); };
  std::vector<std::vector<StudiedQuery>> studied;
  for (const std::string& folder : folders) {
    auto queries = Study(folder, embed, stop_word_weight);
    if (!queries.ok()) {
      std::fprintf(stderr, "%s\n", queries.status().ToString().c_str());
      return 2;
    }
    studied.push_back(*std::move(queries));
  }
  std::printf("dense ideal  nDCG@10 per folder\n");
  for (const double ideal : {0.0, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0}) {
    for (const double dense : {0.0, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 1.0}) {
      std::printf("%.2f  %.2f ", dense, ideal);
      for (const auto& queries : studied) std::printf(" %.4f", Measure(queries, dense, ideal));
      std::printf("\n");
    }
  }
  return 0;
}
