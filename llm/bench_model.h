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

// What to measure; a size of 0 (an empty list) leaves that measurement out.
struct BenchOptions {
  LocalModelOptions model;
  int runs = 5;  // after the one that is dropped
  int prompt_tokens = 512;
  int decode_tokens = 32;
  std::vector<int> sequences = {1, 8, 16};
  int cold_tokens = 680;     // first token of such a prompt, nothing cached
  int prefix_tokens = 1000;  // cached, with new_tokens behind them
  int new_tokens = 60;
  int quoted_answers = 4;    // grounded answers to a passage, with and without prompt lookup; 0..4
  int full_sequences = 0;    // fills as many sequences of full_tokens at once, for peak_mb
  int full_tokens = 2048;
  bool bandwidth = true;
};

struct BenchReport {
  std::string isa;
  int threads = 0;
  double load_ms = 0;         // from the file to a model
  double first_token_ms = 0;  // from the file to the first token of a one-token prompt
  double prompt_tok_s = 0;
  std::vector<std::pair<int, double>> decode_tok_s;  // number of sequences, tokens/s in sum
  double ttft_ms = 0;         // first token of cold_tokens
  double ttft_prefix_ms = 0;  // first token of new_tokens behind a cached prefix
  double quoting_tok_s = 0;   // grounded answers, prompt lookup on
  double quoting_plain_tok_s = 0;  // the same answers with it off
  double peak_mb = 0;              // of the process
  double read_gb_s = 0;            // memory read bandwidth, all threads together
  double decode_bound_tok_s = 0;   // read_gb_s over the bytes a token reads

  // One JSON object; a measurement left out is left out here.
  std::string ToJson() const;
  // The same for people, one measurement a line.
  std::string ToTable() const;
};

// Errors: as LocalModel::Load and RunTokens.
absl::StatusOr<BenchReport> BenchModel(const std::string& path, const BenchOptions& options);

}  // namespace frontdesk::llm
