#include "server/turns/conversation_cache.h"

#include <utility>

namespace frontdesk::server {

std::optional<dialog::Conversation> ConversationCache::Take(const storage::ConversationId& id,
                                                            int64_t last_sequence) {
  Order taken;  // dies outside the lock
  {
    std::lock_guard lock(mutex_);
    const auto place = places_.find(id.value());
    if (place == places_.end()) return std::nullopt;
    taken.splice(taken.begin(), order_, place->second);
    places_.erase(place);
  }
  if (taken.front().last_sequence != last_sequence) return std::nullopt;
  return std::move(taken.front());
}

void ConversationCache::Put(dialog::Conversation conversation) {
  Order added, dropped;
  added.push_back(std::move(conversation));
  std::lock_guard lock(mutex_);
  const std::string& id = added.front().id.value();
  if (const auto place = places_.find(id); place != places_.end()) {
    dropped.splice(dropped.begin(), order_, place->second);
    places_.erase(place);
  }
  places_.emplace(id, added.begin());
  order_.splice(order_.end(), added);
  while (order_.size() > capacity_) {
    places_.erase(order_.front().id.value());
    dropped.splice(dropped.begin(), order_, order_.begin());
  }
}

size_t ConversationCache::size() const {
  std::lock_guard lock(mutex_);
  return order_.size();
}

}  // namespace frontdesk::server
