// Conversations kept between their turns, so that a turn does not read its whole log again.
//
// The log stays the truth: an entry serves only the log's end it was folded up to, and
// whoever takes it out holds the only copy. Thread-safe; holds at most `capacity`
// conversations and drops the one that was put longest ago.
//
//   std::optional<dialog::Conversation> kept = cache.Take(id, row.last_sequence);
//   …a turn…
//   cache.Put(std::move(conversation));
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "dialog/conversation.h"

namespace frontdesk::server {

class ConversationCache {
 public:
  explicit ConversationCache(size_t capacity) : capacity_(capacity) {}

  // Takes the conversation out; nullopt when it is not here or stands at another sequence
  // (it is dropped then). Cost: O(1).
  std::optional<dialog::Conversation> Take(const storage::ConversationId& id,
                                           int64_t last_sequence);
  // Keeps it; what was kept of the same conversation is replaced. Cost: O(1).
  void Put(dialog::Conversation conversation);

  size_t size() const;

 private:
  using Order = std::list<dialog::Conversation>;  // first: put longest ago

  const size_t capacity_;
  mutable std::mutex mutex_;
  Order order_;
  std::unordered_map<std::string, Order::iterator> places_;
};

}  // namespace frontdesk::server
