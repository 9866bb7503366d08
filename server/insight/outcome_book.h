// The facts of all conversations of a store, read once and kept up to date.
//
// Thread-safe. Each call reads the conversations' rows and only the logs that grew since
// the call before; erased conversations have no facts. Memory: about 500 bytes a
// conversation read.
//
//   OutcomeBook book(store);
//   auto facts = book.Read({.from_ms = day});     // absl::StatusOr
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "server/insight/cost_log.h"
#include "server/insight/outcomes.h"
#include "storage/store.h"

namespace frontdesk::server {

// Which conversations count; empty texts do not restrict.
struct OutcomeScope {
  int64_t from_ms = std::numeric_limits<int64_t>::min();   // inclusive
  int64_t until_ms = std::numeric_limits<int64_t>::max();  // exclusive
  std::string intent, flow, bundle_version;
};

// Facts and what was judged over them; `judged` points into `facts`.
struct OutcomeReading {
  std::vector<ConversationFacts> facts;    // of the period and seven days around it
  std::vector<JudgedConversation> judged;  // those in scope, by position
};

class OutcomeBook {
 public:
  explicit OutcomeBook(const storage::Store& store) : store_(store), costs_(store) {}

  // Errors: the store's. A log that does not decode is left out with a warning.
  absl::StatusOr<std::unique_ptr<const OutcomeReading>> Read(const OutcomeScope& scope);

 private:
  struct Known {
    int64_t last_sequence = 0;
    ConversationFacts facts;
  };

  const storage::Store& store_;
  CostBook costs_;
  std::mutex mutex_;
  std::unordered_map<int64_t, Known> known_;  // by position
};

}  // namespace frontdesk::server
