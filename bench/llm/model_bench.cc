// Question: how fast does our runtime read prompts and decode, alone and in batches, how
// soon does the first token come, cold and with a cached prefix, and how much memory does
// a full load take?
// Data: synthetic token ids from a fixed seed (llm/bench_model.cc). Model: the default
// one unless a path is given. Rival: llama.cpp on the same file; bench/peers/llm/compare.py
// runs both, turn by turn.
//
//   llm_model_bench [MODEL.gguf] [--threads N] [--runs N] [--only KIND[,KIND…]] [--json]
//
// KIND: prompt, decode1, decode8, decode16, cold, prefix, quoting, full, load, packed, bandwidth.
// packed: load with the packed file beside the model, which is written when it is not there.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "llm/bench_model.h"

namespace {

using frontdesk::llm::BenchOptions;

// Leaves out everything that is not named.
void KeepOnly(const std::vector<std::string>& kinds, BenchOptions& options) {
  const auto has = [&](const char* kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  if (!has("prompt")) options.prompt_tokens = 0;
  options.sequences.clear();
  for (int n : {1, 8, 16}) {
    if (has(("decode" + std::to_string(n)).c_str())) options.sequences.push_back(n);
  }
  if (!has("cold")) options.cold_tokens = 0;
  if (!has("prefix")) options.prefix_tokens = 0;
  if (!has("quoting")) options.quoted_answers = 0;
  if (has("full")) {
    options.full_sequences = 8;
    options.model.scheduler.kv_bytes = size_t{512} << 20;
  }
  options.model.keep_packed = has("packed");
  options.bandwidth = has("bandwidth");
}

}  // namespace

int main(int argc, char** argv) {
  const char* folder = std::getenv("FRONTDESK_MODELS");
  const char* home = std::getenv("HOME");
  std::string path = folder ? folder : std::string(home ? home : "") + "/.cache/frontdesk/models";
  path += "/smollm2-135m-instruct-q4_1.gguf";
  BenchOptions options;
  std::vector<std::string> kinds;
  bool json = false;
  CLI::App app("Measures the model runtime");
  app.add_option("MODEL", path, "GGUF file")->capture_default_str();
  app.add_option("--threads", options.model.threads, "Threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--runs", options.runs, "Runs of each kind after a dropped one; 0: that one only")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.add_option("--only", kinds, "Kinds to measure")
      ->delimiter(',')
      ->check(CLI::IsMember({"prompt", "decode1", "decode8", "decode16", "cold", "prefix",
                             "quoting", "full", "load", "packed", "bandwidth"}));
  app.add_flag("--json", json, "One JSON object as the last line");
  CLI11_PARSE(app, argc, argv);
  if (!kinds.empty()) KeepOnly(kinds, options);
  const auto report = frontdesk::llm::BenchModel(path, options);
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n", std::string(report.status().message()).c_str());
    return 1;
  }
  std::printf("%s", report->ToTable().c_str());
  if (json) std::printf("%s\n", report->ToJson().c_str());
  return 0;
}
