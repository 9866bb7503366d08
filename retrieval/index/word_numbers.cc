#include "retrieval/index/word_numbers.h"

#include <algorithm>

namespace frontdesk::retrieval {
namespace {

constexpr size_t kFirstSize = 1024;

// Both halves of the product, folded.
uint64_t Fold(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

WordNumbers::WordNumbers() : slots_(kFirstSize) {}

uint64_t WordNumbers::Hash(const WordKey& key) {
  const auto& [a, b, c] = key.bytes;
  return Fold(Fold(a ^ 0x9E3779B97F4A7C15u, b ^ 0xD1B54A32D192ED03u) ^ c, 0x8CB92BA72F3D8DD7u);
}

size_t WordNumbers::Place(const WordKey& key, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].number != kUnknown && slots_[at].key != key) at = (at + 1) & mask;
  return at;
}

void WordNumbers::Find(std::span<const WordKey> keys, uint32_t* numbers) const {
  constexpr size_t kTogether = 32;
  std::array<uint64_t, kTogether> hashes;
  for (size_t from = 0; from < keys.size(); from += kTogether) {
    const size_t size = std::min(kTogether, keys.size() - from);
    for (size_t i = 0; i < size; ++i) {
      hashes[i] = Hash(keys[from + i]);
      __builtin_prefetch(&slots_[hashes[i] & (slots_.size() - 1)]);
    }
    for (size_t i = 0; i < size; ++i) {
      numbers[from + i] = slots_[Place(keys[from + i], hashes[i])].number;
    }
  }
}

void WordNumbers::Add(const WordKey& key, uint32_t number) {
  if (2 * (used_ + 1) > slots_.size()) {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kUnknown) slots_[Place(slot.key, Hash(slot.key))] = slot;
    }
  }
  slots_[Place(key, Hash(key))] = {key, number};
  ++used_;
}

}  // namespace frontdesk::retrieval
