// What agents answered before: replies of conversations that were resolved as solved, found
// by the question they answered.
//
// In memory only, filled from the newest resolved conversations when first asked and by each
// conversation that is resolved later. A reply with a vault token in it is not kept: it was
// about one person. What was erased is never proposed. Thread-safe.
//
//   PastReplies past(store, models.embed);
//   past.Learn(id);                                    // after Resolve
//   for (const PastReplies::Found& one : past.Find("can I swap the size?", 2)) …
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "retrieval/embed_fn.h"
#include "storage/store.h"

namespace frontdesk::server {

class PastReplies {
 public:
  // embed: empty: questions are compared by their words. store: borrowed.
  PastReplies(storage::Store& store, retrieval::EmbedFn embed)
      : store_(store), embed_(std::move(embed)) {}

  // Takes the pairs of question and reply out of one conversation.
  void Learn(const storage::ConversationId& id);

  struct Found {
    std::string text;
    double likeness = 0;  // of the questions, 0..1
  };
  // At most k replies whose question is like this one, the likest first.
  std::vector<Found> Find(const std::string& question, size_t k);

 private:
  struct Pair {
    storage::ConversationId conversation;
    std::string question, reply;
    std::vector<float> embedding;  // empty: none
  };
  void LearnFromStore();
  std::vector<float> Embed(const std::string& text) const;

  storage::Store& store_;
  const retrieval::EmbedFn embed_;
  std::once_flag filled_;
  std::mutex mutex_;
  std::vector<Pair> pairs_;  // oldest first, at most kMostPairs
};

}  // namespace frontdesk::server
