#include "llm/runtime/kv_cache.h"

#include <sys/mman.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace frontdesk::llm {

KvPool::KvPool(const ModelConfig& config, size_t max_bytes)
    : kv_heads_(config.kv_heads),
      head_halves_(static_cast<size_t>(2 * kPagePositions) * config.head_dim),
      page_halves_(head_halves_ * config.kv_heads * config.layers) {
  capacity_ = static_cast<int>(std::min<size_t>(max_bytes / page_bytes(), 1 << 24));
  void* base = mmap(nullptr, std::max<size_t>(1, capacity_ * page_bytes()), PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) {
    capacity_ = 0;  // every Grow reports RESOURCE_EXHAUSTED
    return;
  }
  base_ = static_cast<uint16_t*>(base);
  references_.resize(capacity_);
}

KvPool::~KvPool() {
  if (base_) munmap(base_, std::max<size_t>(1, capacity_ * page_bytes()));
}

KvPage KvPool::Take() {
  std::lock_guard lock(mutex_);
  KvPage page = -1;
  if (!free_.empty()) {
    page = free_.back();
    free_.pop_back();
  } else if (never_used_ < capacity_) {
    page = never_used_++;
  } else {
    return -1;
  }
  references_[page] = 1;
  return page;
}

void KvPool::AddReference(KvPage page) {
  std::lock_guard lock(mutex_);
  ++references_[page];
}

void KvPool::Drop(KvPage page) {
  std::lock_guard lock(mutex_);
  if (--references_[page] == 0) free_.push_back(page);
}

int KvPool::in_use() const {
  std::lock_guard lock(mutex_);
  return never_used_ - static_cast<int>(free_.size());
}

absl::Status KvSequence::Grow(int positions) {
  const size_t wanted = (static_cast<size_t>(positions) + kPagePositions - 1) / kPagePositions;
  while (pages_.size() < wanted) {
    const KvPage page = pool_.Take();
    if (page < 0) {
      return absl::ResourceExhaustedError(
          absl::StrCat("all ", pool_.capacity(),
                       " pages of the model's key-value memory are in use; try again later"));
    }
    pages_.push_back(page);
    addresses_.push_back(pool_.Memory(page));
  }
  return absl::OkStatus();
}

void KvSequence::Truncate(int positions) {
  const size_t kept = (static_cast<size_t>(positions) + kPagePositions - 1) / kPagePositions;
  while (pages_.size() > kept) {
    pool_.Drop(pages_.back());
    pages_.pop_back();
    addresses_.pop_back();
  }
}

void KvSequence::Adopt(std::span<const KvPage> pages) {
  for (KvPage page : pages) {
    pool_.AddReference(page);
    pages_.push_back(page);
    addresses_.push_back(pool_.Memory(page));
  }
}

}  // namespace frontdesk::llm
