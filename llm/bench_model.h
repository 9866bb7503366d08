// Measures a model on this machine, for `frontdesk model bench` and bench/llm.
//
// Runs are of synthetic token ids from a fixed seed, so that two programs measure the
// same work; the first run of each kind is dropped, medians are reported. Reads the
// clock: that is its business. One at a time.

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/local_model.h"

namespace frontdesk::llm {

struct BenchOptions {
  LocalModelOptions model;
  int runs = 5;  // after the one that is dropped
  int prompt_tokens = 512;
  int decode_tokens = 64;
  std::vector<int> sequences = {1, 8, 16};
  int prefix_tokens = 1000;
  int new_tokens = 60;
};

struct BenchReport {
  std::string isa;
  int threads = 0;
  double prompt_tok_s = 0;
  std::vector<std::pair<int, double>> decode_tok_s;  // number of sequences, tokens/s in sum
  double ttft_prompt_ms = 0;  // first token of a prompt of prefix + new tokens, cold
  double ttft_prefix_ms = 0;  // the same with the prefix cached
  double load_ms = 0;
  double peak_mb = 0;             // of the process
  double read_gb_s = 0;           // memory read bandwidth, all threads together
  double decode_bound_tok_s = 0;  // read_gb_s over the bytes a token reads
};

// Errors: as LocalModel::Load and RunTokens.
absl::StatusOr<BenchReport> BenchModel(const std::string& path, const BenchOptions& options);

}  // namespace frontdesk::llm
