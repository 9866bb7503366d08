// How fast a model file runs here, in the manner of llama-bench: `frontdesk model bench`.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"

namespace frontdesk::server {

struct ModelBench {
  double prompt_tok_s = 0;             // 512 tokens, nothing cached
  std::map<int, double> decode_tok_s;  // sequences → tokens a second of all together
  double ttft_ms = 0;                  // first token of a 680-token prompt, cold
  double ttft_prefix_ms = 0;           // 1,000 tokens cached, 60 new
  double load_ms = 0;
  double peak_mb = 0;  // of the process

  std::string ToTable() const;
  nlohmann::json ToJson() const;
};

// Medians of five runs after one that is dropped. Errors: those of loading.
absl::StatusOr<ModelBench> BenchModel(const std::string& file, int threads);

}  // namespace frontdesk::server
