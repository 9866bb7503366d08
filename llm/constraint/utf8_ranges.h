// Ranges of characters as ranges of the bytes that write them. Pure, thread-safe.
//
//   Utf8Ranges(0x7F, 0x80) → [7F], [C2][80]

#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace frontdesk::llm {

// One byte range a byte: what is written by any choice from each in turn.
using Utf8Sequence = std::vector<std::pair<uint8_t, uint8_t>>;

// The sequences that write exactly the characters first..last, surrogates left out.
// Precondition: first ≤ last ≤ 0x10FFFF.
std::vector<Utf8Sequence> Utf8Ranges(uint32_t first, uint32_t last);

}  // namespace frontdesk::llm
