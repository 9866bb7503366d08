// A run of the decoder at the level of tokens: what `model generate`, teacher forcing,
// benchmarks and the determinism tests ask of it, and what Model::Generate becomes
// once the chat is rendered. Plain values.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "llm/constraint/constraint.h"
#include "llm/model.h"

namespace frontdesk::llm {

struct TokenRequest {
  std::vector<int32_t> prompt;  // 1.. tokens
  // For the prefix cache: the first tokens that hold no customer's words, and whose
  // conversation the rest belongs to (empty: the rest is not remembered).
  int shared_tokens = 0;
  std::string scope;
  bool use_prefix_cache = true;

  int max_tokens = 0;  // 1.., the token that ends the turn included
  Sampling sampling;
  SamplingKey key;
  absl::Time deadline = absl::InfiniteFuture();
  std::function<bool()> cancelled;
  std::optional<int> stop_after_tokens;
  bool stop_at_end_of_turn = true;
  // What the text may be; empty: anything. Not looked at when tokens are forced. A text after
  // which nothing can follow ends the run at once, without the token that ends the turn.
  std::shared_ptr<const Constraint> constraint;

  // Teacher forcing: follow these tokens whatever the logits say; ends with them.
  std::vector<int32_t> forced;

  bool want_gaps = false;        // TokenRun::gaps
  int want_top = 0;              // TokenRun::top, this many
  bool want_logit_hash = false;  // TokenRun::logit_hash

  // Never change an output (tests hold them to it), only the time it takes.
  int prompt_chunk = 0;  // rows of the prompt in one step at most; 0: as the scheduler likes
  bool speculate = true;
};

struct TokenRun {
  std::vector<int32_t> token_ids;   // chosen or forced, with the token that ended the turn
  std::vector<int32_t> argmax_ids;  // greedy choice at each step
  std::vector<float> gaps;          // best minus second-best logit at each step
  std::vector<std::pair<int32_t, float>> top;  // best logits of the first step
  std::vector<float> log_probabilities;        // of forced tokens, natural logarithm (want_gaps)
  uint64_t logit_hash = 0;                     // FNV-1a over the bits of all logits, step by step
  StopReason stop = StopReason::kEndOfTurn;
  bool ended_turn = false;  // the last of token_ids ends the turn
  int prompt_tokens = 0;
  int cached_prompt_tokens = 0;
  int steps = 0;     // forward passes the run took part in
  int drafted = 0;   // tokens proposed by prompt lookup
  int accepted = 0;  // of these, confirmed
};

}  // namespace frontdesk::llm
