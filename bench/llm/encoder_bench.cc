// Question: how long does an embedding take, one text at a time and in batches?
// Data: texts of common words, 20 tokens with their marks, fixed seed; no text comes twice,
// and the cache is off. Rival: onnxruntime in float32, bench/peers/llm/minilm_peer.py.
//
//   encoder_bench MODEL_FOLDER [int8|f32] [THREADS]
//
// Prints the median milliseconds of a single text, the processor time of one, and the
// texts a second in batches of 32, then one JSON object.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "llm/encoder/encoder.h"

namespace {

using namespace frontdesk::llm;

constexpr const char* kWords[] = {"the",  "my",     "order", "shoes", "return", "card",
                                  "late", "parcel", "email", "where", "change", "address",
                                  "size", "blue",   "red",   "how"};

// Eighteen words of one token each.
std::string Text(uint32_t& state) {
  std::string text;
  for (int i = 0; i < 18; ++i) {
    state = state * 1664525u + 1013904223u;
    text += std::string(i ? " " : "") + kWords[state >> 28];
  }
  return text;
}

double Seconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: encoder_bench MODEL_FOLDER [int8|f32] [THREADS]\n");
    return 2;
  }
  const bool f32 = argc > 2 && std::string(argv[2]) == "f32";
  const int threads = argc > 3 ? std::atoi(argv[3]) : 2;
  const auto encoder =
      Encoder::Load(argv[1], {.precision = f32 ? EncoderPrecision::kF32 : EncoderPrecision::kInt8,
                              .threads = threads,
                              .cached_texts = 0});
  if (!encoder.ok()) {
    std::fprintf(stderr, "%s\n", std::string(encoder.status().message()).c_str());
    return 1;
  }
  uint32_t state = 1;
  std::vector<double> single;
  const double cpu = Seconds(CLOCK_PROCESS_CPUTIME_ID);
  constexpr int kSingles = 200, kBatches = 16, kBatch = 32;
  for (int i = 0; i < kSingles; ++i) {
    const std::vector<std::string> texts = {Text(state)};
    const double start = Seconds(CLOCK_MONOTONIC);
    if (!(*encoder)->Embed(texts).ok()) return 1;
    single.push_back(Seconds(CLOCK_MONOTONIC) - start);
  }
  const double cpu_ms = (Seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1000 / kSingles;
  std::vector<double> batches;
  for (int i = 0; i < kBatches; ++i) {
    std::vector<std::string> texts(kBatch);
    for (std::string& text : texts) text = Text(state);
    const double start = Seconds(CLOCK_MONOTONIC);
    if (!(*encoder)->Embed(texts).ok()) return 1;
    batches.push_back(Seconds(CLOCK_MONOTONIC) - start);
  }
  std::sort(single.begin(), single.end());
  std::sort(batches.begin(), batches.end());
  const double single_ms = single[kSingles / 2] * 1000;
  const double rate = kBatch / batches[kBatches / 2];
  std::printf("%s, %d threads: single %.3f ms (%.3f ms of processor), batch of 32 %.0f texts/s\n",
              f32 ? "float32" : "int8", threads, single_ms, cpu_ms, rate);
  std::printf("{\"single_ms\":%.4f,\"cpu_ms\":%.4f,\"batch_texts_s\":%.1f}\n", single_ms, cpu_ms, rate);
  return 0;
}
