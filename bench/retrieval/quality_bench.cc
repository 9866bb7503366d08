// How well do words, embeddings and their fusion rank three judged collections?
//
// Data: folders in BEIR form (corpus.jsonl, queries.jsonl, qrels.tsv). No randomness.
// Rivals (nDCG@10 on the full sets): Lucene 10.6 .726 / .859 / .683, tantivy .727 / .856 / .689,
// SQLite FTS5 .724 / .856 / .687 on stackfaq / squad / scifact; convex fusion with MiniLM tuned on
// dev .953 / .891 / about .70. On the same queries: bench/peers/retrieval/run_peers.py quality.
//
//   retrieval_quality_bench --models ~/.cache/frontdesk/models --cache /tmp/vectors DATA/stackfaq …
//
// --fit fits the weights of the fused score to all folders instead, as `frontdesk eval retrieval --fit`
// does, but keeps embeddings between runs.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bench/retrieval/vector_cache.h"
#include "llm/encoder/encoder.h"
#include "nlohmann/json.hpp"
#include "retrieval/measure.h"

int main(int argc, char** argv) {
  CLI::App app("nDCG@10 of words, embeddings and their fusion");
  std::vector<std::string> folders;
  std::string models, cache;
  frontdesk::retrieval::RetrievalEvalOptions options;
  double stop_word_weight = options.ranking.stop_word_weight;
  bool f32 = false, fit = false;
  app.add_option("folders", folders)->required();
  app.add_option("--models", models, "folder of all-minilm-l6-v2; without it words only");
  app.add_option("--cache", cache, "file that keeps embeddings between runs");
  app.add_flag("--fit", fit);
  app.add_option("--stop-word-weight", stop_word_weight);
  app.add_flag("--f32", f32);
  CLI11_PARSE(app, argc, argv);

  std::unique_ptr<frontdesk::llm::Encoder> encoder;
  std::unique_ptr<frontdesk::bench::VectorCache> vectors;
  options.ranking.stop_word_weight = stop_word_weight;
  if (!models.empty()) {
    auto loaded = frontdesk::llm::Encoder::Load(
        models + "/all-minilm-l6-v2", {.precision = f32 ? frontdesk::llm::EncoderPrecision::kF32
                                                        : frontdesk::llm::EncoderPrecision::kInt8});
    if (!loaded.ok()) {
      std::fprintf(stderr, "%s\n", loaded.status().ToString().c_str());
      return 2;
    }
    encoder = *std::move(loaded);
    vectors = std::make_unique<frontdesk::bench::VectorCache>(cache, *encoder);
    options.embed = [&](std::span<const std::string> texts) { return vectors->Embed(texts); };
    options.modes = {frontdesk::retrieval::SearchMode::kBm25,
                     frontdesk::retrieval::SearchMode::kDense,
                     frontdesk::retrieval::SearchMode::kHybrid};
  }
  if (fit) {
    const auto report =
        frontdesk::retrieval::RunRetrievalFit(folders, options.embed, options.ranking);
    if (!report.ok()) {
      std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
      return 2;
    }
    std::printf("%s", frontdesk::retrieval::ToText(*report).c_str());
    return 0;
  }
  for (const std::string& folder : folders) {
    options.corpus = folder + "/corpus.jsonl";
    options.queries = folder + "/queries.jsonl";
    options.qrels = folder + "/qrels.tsv";
    auto report = frontdesk::retrieval::RunRetrievalEval(options);
    if (!report.ok()) {
      std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
      return 2;
    }
    std::printf("%s\n%s", folder.c_str(), frontdesk::retrieval::ToTable(*report).c_str());
  }
  return 0;
}
