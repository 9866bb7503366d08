#include "llm/encoder/embedding_cache.h"

namespace frontdesk::llm::encoder {

std::optional<std::vector<float>> EmbeddingCache::Find(const storage::Digest& key) {
  const std::lock_guard lock(mutex_);
  const auto found = place_.find(key);
  if (found == place_.end()) return std::nullopt;
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->second;
}

void EmbeddingCache::Put(const storage::Digest& key, const std::vector<float>& vector) {
  if (capacity_ == 0) return;
  const std::lock_guard lock(mutex_);
  if (place_.contains(key)) return;
  recent_.emplace_front(key, vector);
  place_[key] = recent_.begin();
  if (recent_.size() > capacity_) {
    place_.erase(recent_.back().first);
    recent_.pop_back();
  }
}

std::size_t EmbeddingCache::size() const {
  const std::lock_guard lock(mutex_);
  return recent_.size();
}

}  // namespace frontdesk::llm::encoder
