// The transformer itself: token ids of a few texts → their embeddings.
//
// Source: Devlin et al. 2018 (BERT), Reimers and Gurevych 2019 (mean pooling).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "llm/encoder/bert_weights.h"
#include "llm/encoder/kernels.h"
#include "llm/runtime/worker_team.h"

namespace frontdesk::llm::encoder {

// Room for the activations of one call; reused from call to call, by one call at a time.
struct Workspace {
  struct Quantised {
    std::vector<std::int8_t> q;
    std::vector<float> scale;
    std::vector<std::int32_t> sums;
  };
  std::vector<float> hidden, wide, delta;
  std::vector<std::vector<float>> scratch;  // by worker
  Quantised narrow, broad;                  // of width and of inner numbers a row
};

// Reads texts given by their ids: out[t] gets the embedding, shape().width floats of length one,
// and behind it as many of the state after the first half of the layers, also of length one.
//
// texts: each 1..positions ids, all below vocabulary. Texts share matrix products and
// nothing else: a text's result does not depend on the others, nor on the team.
// team: shares the work of each stage; null: this thread does all of it.
// Cost: 10.6 M multiply-adds per token for all-MiniLM-L6-v2. Thread-safe apart from workspace and team.
void EmbedTexts(const BertWeights& weights, const Kernels& kernels,
                std::span<const std::span<const std::int32_t>> texts, Workspace& workspace,
                WorkerTeam* team, std::span<float* const> out);

}  // namespace frontdesk::llm::encoder
