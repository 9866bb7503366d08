// The models whose logits a peer computed: made from a seed, the same bytes every time.
// peer_logits.json holds what llama.cpp says to them; bench/peers/llm/README.md how it was asked.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "tests/llm/synthetic_model.h"

namespace frontdesk::llm {

// Name ("qwen3-q4_k") and shape. Heads times their size is the width, as the peer wants of qwen2.
inline std::vector<std::pair<std::string, SyntheticShape>> PeerModels() {
  std::vector<std::pair<std::string, SyntheticShape>> models;
  uint64_t seed = 100;
  for (const char* family : {"llama", "qwen2", "qwen3", "gemma3"}) {
    for (TensorType type : {TensorType::kF16, TensorType::kQ4_1, TensorType::kQ5_0, TensorType::kQ8_0,
                            TensorType::kQ4_K, TensorType::kQ6_K}) {
      const bool gemma = std::string(family) == "gemma3";
      models.emplace_back(
          std::string(family) + "-" + absl::AsciiStrToLower(std::string(ShapeOf(type).name)),
          SyntheticShape{.family = family,
                         .matrix_type = type,
                         .layers = gemma ? 7 : 2,
                         .width = 256,
                         .heads = 4,
                         .kv_heads = 2,
                         .head_dim = 64,
                         .feed_forward = 512,
                         .window = gemma ? 16 : 0,
                         .own_head = true,
                         .seed = seed++});
    }
  }
  return models;
}

}  // namespace frontdesk::llm
