// The decoder as the papers write it, in double loops: no tiles, no quantised
// activations, no cache. The slow twin that the runtime is held against.

#pragma once

#include <cstdint>
#include <vector>

#include "llm/gguf/gguf_file.h"

namespace frontdesk::llm {

// Logits [token, vocabulary] of every position of one sequence.
std::vector<std::vector<double>> PlainLogits(const GgufFile& file,
                                             const std::vector<int32_t>& tokens);

}  // namespace frontdesk::llm
