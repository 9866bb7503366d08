// How well do words, embeddings and their fusion rank three judged collections?
//
// Data: folders in BEIR form (corpus.jsonl, queries.jsonl, qrels.tsv). No randomness.
// Rivals (nDCG@10 on the full sets): Lucene 10.6 .726 / .859 / .683, tantivy .727 / .856 / .689,
// SQLite FTS5 .724 / .856 / .687 on stackfaq / squad / scifact; convex fusion with MiniLM tuned on
// dev .953 / .891 / about .70.
//
//   retrieval_quality_bench --models ~/.cache/frontdesk/models --cache /tmp/vectors DATA/stackfaq …
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "llm/encoder/encoder.h"
#include "nlohmann/json.hpp"
#include "retrieval/measure.h"
#include "storage/digest.h"

namespace {

using frontdesk::storage::Digest;

// Embeddings kept in a file between runs, by SHA-256 of their text.
class VectorCache {
 public:
  VectorCache(std::string path, const frontdesk::llm::Encoder& encoder)
      : path_(std::move(path)), encoder_(encoder) {
    std::ifstream in(path_, std::ios::binary);
    Digest key;
    std::vector<float> vector(static_cast<size_t>(encoder.dimensions()));
    while (in.read(reinterpret_cast<char*>(key.data()), 32) &&
           in.read(reinterpret_cast<char*>(vector.data()),
                   static_cast<std::streamsize>(vector.size() * sizeof(float)))) {
      known_[key] = vector;
    }
    if (!path_.empty()) out_.open(path_, std::ios::binary | std::ios::app);
  }

  absl::StatusOr<std::vector<std::vector<float>>> Embed(std::span<const std::string> texts) {
    std::vector<std::vector<float>> result;
    std::vector<std::string> missing;
    for (const std::string& text : texts) {
      if (!known_.contains(frontdesk::storage::Sha256(text))) missing.push_back(text);
    }
    if (!missing.empty()) {
      auto vectors = encoder_.Embed(missing);
      if (!vectors.ok()) return vectors.status();
      for (size_t i = 0; i < missing.size(); ++i) {
        const Digest key = frontdesk::storage::Sha256(missing[i]);
        known_[key] = (*vectors)[i];
        if (!out_.is_open()) continue;
        out_.write(reinterpret_cast<const char*>(key.data()), 32);
        out_.write(reinterpret_cast<const char*>((*vectors)[i].data()),
                   static_cast<std::streamsize>((*vectors)[i].size() * sizeof(float)));
      }
      out_.flush();
    }
    for (const std::string& text : texts) {
      result.push_back(known_.at(frontdesk::storage::Sha256(text)));
    }
    return result;
  }

 private:
  std::string path_;
  const frontdesk::llm::Encoder& encoder_;
  std::map<Digest, std::vector<float>> known_;
  std::ofstream out_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("nDCG@10 of words, embeddings and their fusion");
  std::vector<std::string> folders;
  std::string models, cache;
  std::vector<double> shares = {0.7};
  double stop_word_weight = 1.0;
  bool f32 = false;
  app.add_option("folders", folders)->required();
  app.add_option("--models", models, "folder of all-minilm-l6-v2; without it words only");
  app.add_option("--cache", cache, "file that keeps embeddings between runs");
  app.add_option("--dense-share", shares);
  app.add_option("--stop-word-weight", stop_word_weight);
  app.add_flag("--f32", f32);
  CLI11_PARSE(app, argc, argv);

  std::unique_ptr<frontdesk::llm::Encoder> encoder;
  std::unique_ptr<VectorCache> vectors;
  frontdesk::retrieval::RetrievalEvalOptions options;
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
    vectors = std::make_unique<VectorCache>(cache, *encoder);
    options.embed = [&](std::span<const std::string> texts) { return vectors->Embed(texts); };
    options.modes = {frontdesk::retrieval::SearchMode::kBm25,
                     frontdesk::retrieval::SearchMode::kDense,
                     frontdesk::retrieval::SearchMode::kHybrid};
  }
  for (const std::string& folder : folders) {
    for (const double share : shares) {
      options.corpus = folder + "/corpus.jsonl";
      options.queries = folder + "/queries.jsonl";
      options.qrels = folder + "/qrels.tsv";
      options.ranking.dense_share = share;
      auto report = frontdesk::retrieval::RunRetrievalEval(options);
      if (!report.ok()) {
        std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
        return 2;
      }
      std::printf("%s, dense share %.2f\n%s", folder.c_str(), share,
                  frontdesk::retrieval::ToTable(*report).c_str());
    }
  }
  return 0;
}
