// The memory of a model's weights, decoder's and encoder's alike.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/statusor.h"

namespace frontdesk::llm {

// One stretch of memory for all weights of a model, in huge pages where the system
// gives them. Not thread-safe while being filled.
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

 private:
  WeightArena() = default;
  uint8_t* base_ = nullptr;
  size_t size_ = 0;
  size_t used_ = 0;
};

}  // namespace frontdesk::llm
