// How fast and how small is the index at a million passages?
//
// Data: 1,000,000 passages of 20 to 52 words (36 million), words from a Zipf law over 400,000
// (rank = 400000^u), 2,000 queries of 4 to 10 words of the same law; seed 20. No stop words.
// Rival, on the same files: Lucene 9.12, one thread, one segment (bench/peers/retrieval/run_peers.py
// synthetic DOCUMENTS QUERIES). Times are CPU time of one thread; the first pass over the queries
// is dropped. Prints one JSON object.
//
//   retrieval_synthetic_bench --folder /tmp/synthetic [--documents 1000000] [--exhaustive 50]
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "retrieval/index/segment_builder.h"
#include "retrieval/ranking/query_words.h"
#include "retrieval/stopwatch.h"

namespace {

using namespace frontdesk::retrieval;

constexpr double kWords = 400'000;
constexpr int kQueries = 2'000;

void AppendWord(std::mt19937_64* random, std::string* out) {
  const double u = static_cast<double>((*random)() >> 11) * 0x1p-53;
  *out += 'w';
  *out += std::to_string(static_cast<int>(std::pow(kWords, u)));
  *out += "x ";
}

// Lines "number<TAB>words".
void WriteLines(const std::string& path, uint64_t seed, int lines, int least, int most) {
  std::mt19937_64 random(seed);
  std::ofstream out(path, std::ios::binary);
  std::string line;
  for (int i = 0; i < lines; ++i) {
    line = std::to_string(i) + "\t";
    const int words = least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
    for (int w = 0; w < words; ++w) AppendWord(&random, &line);
    line.back() = '\n';
    out << line;
  }
}

struct Quantiles {
  double p50 = 0;
  double p99 = 0;
};

Quantiles Of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values[values.size() * 99 / 100]};
}

std::vector<WeightedTerm> TermsOf(const std::string& query) {
  static const std::vector<std::string> english = {"en"};
  return QueryTerms(query, english, {}, {});
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("build time, size and query time at a million passages");
  std::string folder;
  int documents = 1'000'000, exhaustive = 50;
  app.add_option("--folder", folder, "for the files of passages, queries and index")->required();
  app.add_option("--documents", documents)->check(CLI::Range(1, 10'000'000));
  app.add_option("--exhaustive", exhaustive, "queries compared with exhaustive scoring");
  CLI11_PARSE(app, argc, argv);
  std::filesystem::create_directories(folder);
  const std::string passages_file = folder + "/documents", queries_file = folder + "/queries";
  if (!std::filesystem::exists(passages_file)) {
    WriteLines(passages_file, 20, documents, 20, 52);
    WriteLines(queries_file, 21, kQueries, 4, 10);
  }

  const Stopwatch building;
  SegmentBuilder builder;
  std::ifstream in(passages_file, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const size_t tab = line.find('\t');
    // Keys as hashes are: without order.
    const uint64_t key = (builder.documents() + 1) * 0x9E3779B97F4A7C15u;
    builder.Add(key, {.body = std::string_view(line).substr(tab + 1)});
  }
  const uint32_t indexed = builder.documents();
  const std::string index_file = folder + "/index.segment";
  {
    const std::string bytes = std::move(builder).Finish();
    std::ofstream(index_file, std::ios::binary) << bytes;
  }
  const double build_seconds = building.Microseconds() / 1e6;

  const auto segment = Segment::OpenFile(index_file);
  if (!segment.ok()) {
    std::fprintf(stderr, "%s\n", segment.status().ToString().c_str());
    return 2;
  }
  const auto index = IndexSnapshot::Make({{*segment, nullptr}});
  std::vector<std::string> queries;
  std::ifstream query_lines(queries_file);
  for (std::string line; std::getline(query_lines, line);) {
    queries.push_back(line.substr(line.find('\t') + 1));
  }
  std::vector<double> times;
  for (const bool measured : {false, true}) {
    for (const std::string& query : queries) {
      const Stopwatch watch;
      const auto hits = index->Search(TermsOf(query), 10);
      if (measured) times.push_back(watch.Microseconds());
    }
  }
  int different = 0;
  for (int i = 0; i < exhaustive; ++i) {
    const auto terms = TermsOf(queries[static_cast<size_t>(i)]);
    different += index->Search(terms, 10) != index->SearchExhaustively(terms, 10);
  }
  const Quantiles q = Of(times);
  nlohmann::json out = {{"engine", "frontdesk"},
                        {"set", "synthetic"},
                        {"documents", indexed},
                        {"terms", (*segment)->terms()},
                        {"p50_us", q.p50},
                        {"p99_us", q.p99},
                        {"docs_per_second", indexed / build_seconds},
                        {"bytes", std::filesystem::file_size(index_file)},
                        {"differ_from_exhaustive", different}};
  std::printf("%s\n", out.dump().c_str());
  return different == 0 ? 0 : 1;
}
