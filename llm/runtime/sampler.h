// Chooses the next token from logits.
//
// A pure function of the logits, the sampling and (conversation, turn, position): no
// state is carried from token to token, so any token can be drawn again on its own.
// Ties go to the lower id. Thread-safe. Source: docs/determinism.md.
//
//   int32_t token = ChooseToken(logits, request.sampling, StreamOf(request.key), position);

#pragma once

#include <cstdint>
#include <span>

#include "llm/model.h"

namespace frontdesk::llm {

// The random stream of a conversation's turn.
struct RandomStream {
  uint64_t key = 0;
  uint64_t turn = 0;
};
RandomStream StreamOf(const SamplingKey& key);

// A uniform number in [0, 1) with 53 bits: Philox 4x32-10 under the stream's key at
// counter (turn, position).
double UniformAt(const RandomStream& stream, uint64_t position);

// The best token, and how far the second best lies behind it.
struct BestToken {
  int32_t id = 0;
  float logit = 0;
  float gap = 0;
};
BestToken FindBest(std::span<const float> logits);
// The same among the allowed tokens (bit id % 64 of word id / 64); id -1 when there is none.
BestToken FindBest(std::span<const float> logits, std::span<const uint64_t> allowed);

// Draws by sampling.temperature, top_k and top_p (the smallest set of best tokens whose
// probability reaches top_p). temperature 0: FindBest. allowed: empty for all tokens; else
// the others are as if they were not there. -1 when none is allowed.
int32_t ChooseToken(std::span<const float> logits, const Sampling& sampling,
                    const RandomStream& stream, uint64_t position,
                    std::span<const uint64_t> allowed = {});

}  // namespace frontdesk::llm
