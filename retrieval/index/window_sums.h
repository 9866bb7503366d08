// The sums of one window of documents, and taking out the documents that reach a threshold.
//
// A document is named by its offset in the window. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace frontdesk::retrieval {

// Documents of a window: their sums fit into a second-level cache beside what is added to them, and
// rare words are met often enough. A multiple of 64.
inline constexpr uint32_t kWindow = 16384;

// What a search writes while it looks at a window; one serves all windows of all parts. 131 KB.
struct WindowScratch {
  alignas(64) std::array<int32_t, kWindow> sums{};  // zeros between windows
  std::array<uint64_t, kWindow / 64> touched{};     // zeros between windows
  std::array<uint32_t, kWindow> candidates;         // offsets, rising
};

// Writes the offsets of sums[0, size) that are at least `least` (>= 1), rising, to `out` (room for
// size). Returns how many. Cost: about 0.1 ns a sum.
size_t TakeAtLeast(const int32_t* sums, size_t size, int32_t least, uint32_t* out);

// The versions of it that this machine can run, the plain one first, the fastest last: for tests.
using TakeAtLeastFn = size_t (*)(const int32_t*, size_t, int32_t, uint32_t*);
std::vector<TakeAtLeastFn> TakeAtLeastVersions();

// The same for a sparse window: looks only at offsets whose bit is set in touched[0, words), and
// sets all bits to 0, and the sums of offsets that are not taken.
inline size_t TakeTouchedAtLeast(int32_t* sums, uint64_t* touched, size_t words, int32_t least,
                                 uint32_t* out) {
  size_t found = 0;
  for (size_t word = 0; word < words; ++word) {
    for (uint64_t bits = touched[word]; bits != 0; bits &= bits - 1) {
      const auto offset =
          static_cast<uint32_t>(64 * word) + static_cast<uint32_t>(__builtin_ctzll(bits));
      // A mask, because whether a sum suffices cannot be foreseen.
      const int32_t taken = -static_cast<int32_t>(sums[offset] >= least);
      sums[offset] &= taken;
      out[found] = offset;
      found += static_cast<size_t>(taken & 1);
    }
    touched[word] = 0;
  }
  return found;
}

// Keeps those of offsets[0, size) whose sums are at least `least`, in their order, and sets the
// sums of the others to 0; returns how many are kept.
inline size_t KeepAtLeast(int32_t* sums, int32_t least, uint32_t* offsets, size_t size) {
  size_t kept = 0;
  for (size_t i = 0; i < size; ++i) {
    const uint32_t offset = offsets[i];
    const int32_t keep = -static_cast<int32_t>(sums[offset] >= least);
    sums[offset] &= keep;
    offsets[kept] = offset;
    kept += static_cast<size_t>(keep & 1);
  }
  return kept;
}

}  // namespace frontdesk::retrieval
