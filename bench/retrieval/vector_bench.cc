// How long does the exact scan of 100,000 eight-bit vectors of 384 numbers take, and the graphs?
//
// Data: normal random vectors, seed 7 (no structure: the hardest case for a graph), and the same
// drawn around 2,000 centres. Rival: faiss IndexFlatIP in float32, one thread, 7.4 ms
// (bench/peers/retrieval/run_peers.py vectors). CPU time of one query on one thread, the ten best
// included; the first 20 queries are dropped. Prints one JSON object.
//
//   retrieval_vector_bench [--rows 100000] [--graph-rows 20000]
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <set>
#include <vector>

#include "nlohmann/json.hpp"
#include "retrieval/stopwatch.h"
#include "retrieval/vectors/int8_vectors.h"
#include "retrieval/vectors/neighbour_graph.h"

namespace {

using namespace frontdesk::retrieval;

constexpr size_t kDimensions = 384;

class Vectors {
 public:
  Vectors(uint64_t seed, size_t centres) : random_(seed) {
    for (size_t c = 0; c < centres; ++c) centres_.push_back(Normal(1));
  }
  std::vector<float> Next() {
    std::vector<float> out = Normal(centres_.empty() ? 1.0f : 0.7f);
    if (!centres_.empty()) {
      const std::vector<float>& centre = centres_[random_() % centres_.size()];
      for (size_t i = 0; i < kDimensions; ++i) out[i] += centre[i];
    }
    double square = 0;
    for (const float v : out) square += static_cast<double>(v) * static_cast<double>(v);
    for (float& v : out) v = static_cast<float>(static_cast<double>(v) / std::sqrt(square));
    return out;
  }

 private:
  std::vector<float> Normal(float deviation) {
    std::normal_distribution<float> normal(0, deviation);
    std::vector<float> out(kDimensions);
    for (float& v : out) v = normal(random_);
    return out;
  }
  std::mt19937_64 random_;
  std::vector<std::vector<float>> centres_;
};

std::vector<uint32_t> TenBest(const std::vector<float>& dots) {
  std::vector<uint32_t> best;
  float worst = -2;
  for (uint32_t i = 0; i < dots.size(); ++i) {
    if (best.size() == 10 && dots[i] <= worst) continue;
    const auto at = std::upper_bound(best.begin(), best.end(), i,
                                     [&](uint32_t a, uint32_t b) { return dots[a] > dots[b]; });
    best.insert(at, i);
    if (best.size() > 10) best.pop_back();
    worst = dots[best.back()];
  }
  return best;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("time of one nearest-neighbour query");
  size_t rows = 100'000, graph_rows = 20'000;
  app.add_option("--rows", rows);
  app.add_option("--graph-rows", graph_rows, "vectors of one graph");
  CLI11_PARSE(app, argc, argv);

  Vectors source(7, 0);
  Int8Vectors vectors(kDimensions);
  for (size_t i = 0; i < rows; ++i) vectors.Add(source.Next());
  std::vector<float> dots(rows);
  std::vector<double> times;
  for (int q = 0; q < 120; ++q) {
    const std::vector<float> query = source.Next();
    const Stopwatch watch;
    vectors.Dots(Int8Query(query), dots.data());
    const auto best = TenBest(dots);
    if (q >= 20) times.push_back(watch.Microseconds() / 1e3);
  }
  std::sort(times.begin(), times.end());

  Vectors clustered(9, 2'000);
  Int8Vectors crowd(kDimensions);
  std::vector<VectorRow> all;
  for (size_t i = 0; i < graph_rows; ++i) {
    crowd.Add(clustered.Next());
    all.push_back({&crowd, static_cast<uint32_t>(i)});
  }
  const Stopwatch building;
  const auto graph = NeighbourGraph::Build(all);
  const double build_seconds = building.Microseconds() / 1e6;
  std::vector<double> graph_times;
  std::vector<float> exact(graph_rows);
  size_t found = 0, wanted = 0;
  for (int q = 0; q < 120; ++q) {
    const Int8Query query(clustered.Next());
    const Stopwatch watch;
    const auto near = graph->Near(query, 10, 64);
    if (q >= 20) graph_times.push_back(watch.Microseconds() / 1e3);
    crowd.Dots(query, exact.data());
    const auto best = TenBest(exact);
    const std::set<uint32_t> given(near.begin(), near.end());
    for (const uint32_t row : best) found += given.count(row);
    wanted += best.size();
  }
  nlohmann::json out = {{"engine", "frontdesk"},
                        {"rows", rows},
                        {"kernel", DotKernels().back().name},
                        {"scan_p50_ms", times[times.size() / 2]},
                        {"scan_p99_ms", times[times.size() * 99 / 100]},
                        {"graph_rows", graph_rows},
                        {"graph_build_s", build_seconds},
                        {"graph_p50_ms", Median(graph_times)},
                        {"graph_recall10", static_cast<double>(found) / static_cast<double>(wanted)}};
  std::printf("%s\n", out.dump().c_str());
  return 0;
}
