// The most recently computed features of texts, by the SHA-256 of their text.
//
// Holds no text. A hit is the very vector that was put in. Thread-safe (one mutex).
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "storage/digest.h"

namespace frontdesk::llm::encoder {

class EmbeddingCache {
 public:
  // capacity: vectors kept; 0 keeps none.
  explicit EmbeddingCache(std::size_t capacity) : capacity_(capacity) {}

  // The vector of a key, which becomes the most recent one. Cost: O(log n).
  std::optional<std::vector<float>> Find(const storage::Digest& key);

  // Puts a vector in, pushing out the least recent one when full.
  void Put(const storage::Digest& key, const std::vector<float>& vector);

  std::size_t size() const;

 private:
  using Entry = std::pair<storage::Digest, std::vector<float>>;

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Entry> recent_;  // most recent first
  std::map<storage::Digest, std::list<Entry>::iterator> place_;
};

}  // namespace frontdesk::llm::encoder
