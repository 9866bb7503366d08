#include "llm/kernels/weight_arena.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace frontdesk::llm {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr uintptr_t kPage = 4096;

#ifdef MADV_COLLAPSE
constexpr int kCollapse = MADV_COLLAPSE;
#else
constexpr int kCollapse = 25;  // Linux 6.1
#endif

uintptr_t RoundUp(uintptr_t value, uintptr_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

absl::StatusOr<WeightArena> WeightArena::Reserve(size_t bytes) {
  WeightArena arena;
  arena.size_ = RoundUp(bytes, kHugePage) + kHugePage;
  void* base =
      mmap(nullptr, arena.size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for ", arena.size_ >> 20, " MiB of model weights"));
  }
  arena.mapping_ = static_cast<uint8_t*>(base);
  const auto address = reinterpret_cast<uintptr_t>(base);
  arena.base_ = arena.mapping_ + (RoundUp(address, kHugePage) - address);
  return arena;
}

WeightArena::WeightArena(WeightArena&& other) noexcept
    : mapping_(std::exchange(other.mapping_, nullptr)),
      base_(std::exchange(other.base_, nullptr)),
      size_(other.size_),
      used_(other.used_),
      gathering_(std::move(other.gathering_)) {}

WeightArena::~WeightArena() {
  if (gathering_.joinable()) {
    gathering_.request_stop();
    gathering_.join();
  }
  if (mapping_) munmap(mapping_, size_);
}

absl::StatusOr<uint8_t*> WeightArena::Take(size_t bytes) {
  bytes = (bytes + 63) / 64 * 64;
  if (bytes > size_ - kHugePage - used_) {
    return absl::ResourceExhaustedError("the model's weights are larger than its tensors say");
  }
  uint8_t* memory = base_ + used_;
  used_ += bytes;
  return memory;
}

void WeightArena::Clear() { std::memset(base_, 0, used_); }

void WeightArena::GatherPages() {
  gathering_ = std::jthread([base = base_, bytes = RoundUp(used_, kHugePage)](
                                const std::stop_token& stop) {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
    for (size_t at = 0; at < bytes && !stop.stop_requested(); at += kHugePage) {
      madvise(base + at, kHugePage, kCollapse);
    }
    // What could not be moved now, the system may gather in its own time.
    madvise(base, bytes, MADV_HUGEPAGE);
  });
}

void PreparePages(std::span<uint8_t> memory) {
#ifdef MADV_POPULATE_WRITE
  const uintptr_t begin = RoundUp(reinterpret_cast<uintptr_t>(memory.data()), kPage);
  const uintptr_t end = reinterpret_cast<uintptr_t>(memory.data() + memory.size()) / kPage * kPage;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);
#endif
}

}  // namespace frontdesk::llm
