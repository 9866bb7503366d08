#include "server/turns/conversation_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace frontdesk::server {
namespace {

dialog::Conversation At(const std::string& id, int64_t sequence) {
  dialog::Conversation conversation{.id = storage::ConversationId(id)};
  conversation.last_sequence = sequence;
  conversation.state.turns = sequence * 10;
  return conversation;
}

TEST(ConversationCache, GivesBackWhatWasPutOnce) {
  ConversationCache cache(4);
  cache.Put(At("a", 7));
  const auto kept = cache.Take(storage::ConversationId("a"), 7);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->state.turns, 70);
  EXPECT_FALSE(cache.Take(storage::ConversationId("a"), 7).has_value());
}

TEST(ConversationCache, NeverServesAnotherEndOfTheLog) {
  ConversationCache cache(4);
  cache.Put(At("a", 7));
  EXPECT_FALSE(cache.Take(storage::ConversationId("a"), 8).has_value());
  EXPECT_EQ(cache.size(), 0u) << "what no longer fits is dropped";
}

TEST(ConversationCache, ReplacesAndDropsTheOldest) {
  ConversationCache cache(2);
  cache.Put(At("a", 1));
  cache.Put(At("b", 1));
  cache.Put(At("a", 2));  // now b was put longest ago
  cache.Put(At("c", 1));
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_FALSE(cache.Take(storage::ConversationId("b"), 1).has_value());
  EXPECT_TRUE(cache.Take(storage::ConversationId("a"), 2).has_value());
  EXPECT_TRUE(cache.Take(storage::ConversationId("c"), 1).has_value());
}

}  // namespace
}  // namespace frontdesk::server
