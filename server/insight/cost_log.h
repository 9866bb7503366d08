// What turns cost in processor time, kept outside the conversations' logs.
//
// How long a turn took depends on the machine, so it must not stand in an event that replay holds
// against the record byte for byte. It is written to a log of the server's own instead
// (conversations/system.costs), some hundred turns an event, sealed and chained like any other.
// docs/insight.md has the format. Both classes are thread-safe.
//
//   CostLog log(store);
//   log.Add(conversation, 3, absl::Milliseconds(41));
//   log.Flush(now);                               // every few seconds, and at the end
//   CostBook book(store);
//   book.Refresh();  book.CpuUs("c-1");           // 41000
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/store.h"

namespace frontdesk::server {

inline constexpr char kCostConversation[] = "system.costs";

class CostLog {
 public:
  explicit CostLog(storage::Store& store) : store_(store) {}

  // In memory until Flush. Beyond 10,000 turns that could not be written, further ones are dropped
  // and counted in a warning: costs are figures, not promises.
  void Add(const storage::ConversationId& conversation, int64_t turn, absl::Duration cpu);
  // Errors: the store's; what was not written is tried again by the next call.
  absl::Status Flush(absl::Time now);

 private:
  struct Cost {
    std::string conversation;
    int64_t turn = 0, cpu_us = 0;
  };
  absl::Status Write(const std::vector<Cost>& costs, absl::Time now);

  storage::Store& store_;
  std::mutex mutex_;
  std::vector<Cost> waiting_;
  int64_t dropped_ = 0;
};

class CostBook {
 public:
  explicit CostBook(const storage::Store& store) : store_(store) {}

  // Reads what was written since the last call. Errors: the store's, DATA_LOSS (an entry that is
  // not of the format; names its sequence).
  absl::Status Refresh();
  // Of all measured turns of a conversation, microseconds; 0: none was measured.
  int64_t CpuUs(const std::string& conversation) const;

 private:
  const storage::Store& store_;
  mutable std::mutex mutex_;
  int64_t after_ = 0;  // sequence up to which the log was read
  std::unordered_map<std::string, int64_t> cpu_us_;
};

}  // namespace frontdesk::server
