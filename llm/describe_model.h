// What is in a model file, without running it: for `frontdesk model info` and
// `frontdesk model tokenize`. Pure functions of the file, thread-safe.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/runtime/model_config.h"
#include "llm/tokenizer/tokenizer.h"

namespace frontdesk::llm {

struct TensorDescription {
  std::string name;
  std::string format;  // "Q4_1"
  uint64_t rows = 0;
  uint64_t columns = 0;
  uint64_t bytes = 0;  // in the file
};

struct ModelDescription {
  std::string path;
  std::string sha256;
  uint64_t file_bytes = 0;
  ModelConfig config;
  std::string tokenizer;      // "gpt2 / smollm"
  std::string chat_template;  // "chatml"
  uint64_t parameters = 0;
  uint64_t packed_bytes = 0;        // memory for weights once loaded
  uint64_t kv_bytes_per_token = 0;  // memory for keys and values
  std::vector<TensorDescription> tensors;
  std::vector<std::pair<std::string, std::string>> settings;  // key, shortened value

  // Memory for weights and `sequences` sequences of `tokens` tokens.
  uint64_t MemoryFor(int sequences, int tokens) const {
    return packed_bytes + kv_bytes_per_token * sequences * tokens;
  }
};

// Errors: as LocalModel::Load.
absl::StatusOr<ModelDescription> DescribeModel(const std::string& path);

// The tokenizer alone: cheap, no weights are read.
absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const std::string& path);

}  // namespace frontdesk::llm
