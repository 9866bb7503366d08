// Keys and values of past tokens, in pages of sixteen positions.
//
// A page holds all layers and heads of sixteen consecutive positions, as f16: for each
// (layer, key-value head) keys [head_dim, 16], then values [16, head_dim]. Pages are
// counted references: a prefix that several sequences share exists once, and is full,
// so nobody writes to it. KvPool is thread-safe; a KvSequence belongs to one thread.
//
//   KvPool pool(config, 64 << 20);
//   KvSequence sequence(pool);
//   if (sequence.Grow(40).ok()) …;   // room for positions 0..39

#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "llm/runtime/model_config.h"

namespace frontdesk::llm {

inline constexpr int kPagePositions = 16;

// Index of a page in its pool.
using KvPage = int32_t;

class KvPool {
 public:
  // max_bytes bounds the memory; pages are taken from the system when first used.
  KvPool(const ModelConfig& config, size_t max_bytes);
  ~KvPool();
  KvPool(const KvPool&) = delete;
  KvPool& operator=(const KvPool&) = delete;

  // A page with one reference, or -1 when all are in use.
  KvPage Take();
  void AddReference(KvPage page);
  // Gives one reference back; the last one frees the page.
  void Drop(KvPage page);

  uint16_t* Memory(KvPage page) const { return base_ + static_cast<size_t>(page) * page_halves_; }
  // Where (layer, head) begins inside a page, in halves.
  size_t HeadOffset(int layer, int head) const {
    return (static_cast<size_t>(layer) * kv_heads_ + head) * head_halves_;
  }
  size_t page_bytes() const { return page_halves_ * sizeof(uint16_t); }
  int capacity() const { return capacity_; }
  int in_use() const;

 private:
  const int kv_heads_;
  const size_t head_halves_;
  const size_t page_halves_;
  int capacity_ = 0;
  uint16_t* base_ = nullptr;
  mutable std::mutex mutex_;
  std::vector<int32_t> references_;
  std::vector<KvPage> free_;
  int never_used_ = 0;  // pages from here on were never taken
};

// The pages of one sequence, in order of position.
class KvSequence {
 public:
  explicit KvSequence(KvPool& pool) : pool_(pool) {}
  ~KvSequence() { Truncate(0); }
  KvSequence(const KvSequence&) = delete;
  KvSequence& operator=(const KvSequence&) = delete;

  // Makes room for positions 0..positions-1. RESOURCE_EXHAUSTED when the pool is empty;
  // what was there stays.
  absl::Status Grow(int positions);
  // Gives back the pages that hold no position below `positions`.
  void Truncate(int positions);
  // Takes over pages of a shared prefix; the sequence must be empty.
  void Adopt(std::span<const KvPage> pages);

  std::span<const KvPage> pages() const { return pages_; }
  // Addresses of the pages, for the attention kernel.
  const uint16_t* const* addresses() const { return addresses_.data(); }
  uint16_t* PageOf(int position) const { return pool_.Memory(pages_[position / kPagePositions]); }
  const KvPool& pool() const { return pool_; }

 private:
  KvPool& pool_;
  std::vector<KvPage> pages_;
  std::vector<const uint16_t*> addresses_;
};

}  // namespace frontdesk::llm
