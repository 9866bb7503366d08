// The memory of a model's weights, decoder's and encoder's alike.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <thread>

#include "absl/status/statusor.h"

namespace frontdesk::llm {

// One stretch of memory for all weights of a model. It is filled in small pages, which the system has at
// hand, and gathered into huge ones afterwards, which are read half as fast again: a virtual machine
// may have to ask its host for each huge page, and a start would wait for that.
// Not thread-safe while being filled.
class WeightArena {
 public:
  // bytes: an upper bound of what will be taken.
  static absl::StatusOr<WeightArena> Reserve(size_t bytes);
  WeightArena(WeightArena&& other) noexcept;
  WeightArena& operator=(WeightArena&&) = delete;
  ~WeightArena();

  // Zeroed memory, aligned to 64 bytes. RESOURCE_EXHAUSTED when the bound is passed.
  absl::StatusOr<uint8_t*> Take(size_t bytes);
  size_t used() const { return used_; }
  // All that was taken, in order.
  std::span<uint8_t> taken() { return {base_, used_}; }
  std::span<const uint8_t> taken() const { return {base_, used_}; }
  // Zeroes it again.
  void Clear();

  // Called once all is filled; returns at once. On a thread of its own, behind all others, the system moves
  // the memory to huge pages, two megabytes at a time; addresses and bytes stay, for those who read
  // meanwhile too. Where the system has none to give, small pages remain.
  void GatherPages();

 private:
  WeightArena() = default;
  uint8_t* mapping_ = nullptr;
  uint8_t* base_ = nullptr;  // the first huge page's place in it
  size_t size_ = 0;
  size_t used_ = 0;
  std::jthread gathering_;  // last: it ends before the memory does
};

// Asks the system for the whole pages of memory that is written next, all at once, which is cheaper than
// one after another as they are touched.
void PreparePages(std::span<uint8_t> memory);

}  // namespace frontdesk::llm
