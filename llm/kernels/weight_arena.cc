#include "llm/kernels/weight_arena.h"

#include <sys/mman.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace frontdesk::llm {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

absl::StatusOr<WeightArena> WeightArena::Reserve(size_t bytes) {
  WeightArena arena;
  arena.size_ = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* base =
      mmap(nullptr, arena.size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for ", arena.size_ >> 20, " MiB of model weights"));
  }
  madvise(base, arena.size_, MADV_HUGEPAGE);
  arena.base_ = static_cast<uint8_t*>(base);
  return arena;
}

WeightArena::WeightArena(WeightArena&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), size_(other.size_), used_(other.used_) {}

WeightArena::~WeightArena() {
  if (base_) munmap(base_, size_);
}

absl::StatusOr<uint8_t*> WeightArena::Take(size_t bytes) {
  bytes = (bytes + 63) / 64 * 64;
  if (bytes > size_ - used_) {
    return absl::ResourceExhaustedError("the model's weights are larger than its tensors say");
  }
  uint8_t* memory = base_ + used_;
  used_ += bytes;
  return memory;
}

void WeightArena::Clear() { std::memset(base_, 0, used_); }

}  // namespace frontdesk::llm
