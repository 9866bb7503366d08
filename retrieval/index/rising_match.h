// Which of some documents are in a decoded block of postings?
//
// Both sides rise, so one pass over the block finds them all. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace frontdesk::retrieval {

// A block's document numbers are followed by this many of kPastTheBlock, so that a search may read
// whole vectors and always ends.
inline constexpr size_t kBlockPadding = 16;
inline constexpr uint32_t kPastTheBlock = 0x7FFFFFFF;  // above every document number

struct BlockMatch {
  uint32_t offset;  // the document, less `low`
  uint32_t place;   // of its posting in the block
};

// Writes a match for each of offsets[0, size) (rising) whose document low + offset is among
// numbers[*place, …), padded as above; `out` has room for size + 1. Moves *place to the first
// number that is not below the last document. Returns how many matched.
// Cost: about 2 ns an offset and 1 ns for 8 numbers passed.
size_t MatchRising(const uint32_t* numbers, uint32_t* place, uint32_t low, const uint32_t* offsets,
                   size_t size, BlockMatch* out);

// The versions of it that this machine can run, the plain one first, the fastest last: for tests.
using MatchRisingFn = size_t (*)(const uint32_t*, uint32_t*, uint32_t, const uint32_t*, size_t,
                                 BlockMatch*);
std::vector<MatchRisingFn> MatchRisingVersions();

}  // namespace frontdesk::retrieval
