// One line of `frontdesk model generate --jsonl`: a prompt by ids or as rendered text,
// decoded or followed. The command reads and prints the JSON; what a line means is here.
// Thread-safe as LocalModel is.
//
//   GenerateLine line{.prompt_text = "<|im_start|>user\nHi<|im_end|>\n", .max_tokens = 8};
//   absl::StatusOr<GeneratedLine> out = RunLine(*model, line);

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/local_model.h"

namespace frontdesk::llm {

struct GenerateLine {
  // The ids, or else the text: already rendered, its marks are control tokens.
  std::optional<std::vector<int32_t>> prompt_token_ids;
  std::string prompt_text;
  int max_tokens = 64;
  Sampling sampling;  // greedy unless told otherwise
  SamplingKey key;
  // Teacher forcing: follow these ids (a peer's output_token_ids).
  std::optional<std::vector<int32_t>> follow;
};

struct GeneratedLine {
  std::vector<int32_t> prompt_token_ids;
  std::vector<int32_t> output_token_ids;  // with the token that ended the turn
  std::vector<int32_t> argmax_ids;        // greedy choice at every step
  std::vector<float> gaps;                // best minus second-best logit at every step
  std::vector<std::pair<int32_t, float>> top5_step0;
  std::string output_text;  // valid UTF-8, control tokens left out
  StopReason stop = StopReason::kEndOfTurn;
  std::string logit_hash;  // 16 hex digits over all logit bits
};

// Errors: INVALID_ARGUMENT for an empty prompt or ids outside the vocabulary; those of
// Scheduler::Run.
absl::StatusOr<GeneratedLine> RunLine(LocalModel& model, const GenerateLine& line);

}  // namespace frontdesk::llm
