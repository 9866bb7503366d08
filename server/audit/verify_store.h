// Verifies every hash chain of a store, and that no conversation was taken out of it whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace frontdesk::server {

struct ChainBreak {
  std::string where;  // "conversations/4f… event 3", "conversation number 12"
  std::string what;
};

struct StoreChains {
  int64_t conversations = 0;
  int64_t events = 0;
  std::vector<ChainBreak> breaks;  // each located; empty: nothing was changed
};

// Conversations are numbered without gaps, so one that is gone leaves its number; the last ones
// taken away together leave no trace here, but the audit log and backups know of them.
// Errors: the store's. Cost: reads everything.
absl::StatusOr<StoreChains> VerifyStore(const storage::Store& store);

// One conversation's. Errors: NOT_FOUND.
absl::Status VerifyInto(const storage::Store& store, const storage::ConversationId& id,
                        StoreChains& chains);

}  // namespace frontdesk::server
