// Ending the keeping of conversations that are older than the bundle's retention says.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dialog/bundle/settings.h"
#include "storage/store.h"

namespace frontdesk::server {

struct DueConversation {
  storage::ConversationId id;
  bool known = false;  // of a verified customer
  int64_t days = 0;    // since its last event
  int64_t events = 0;
};

// What is due: the last event is more than the policy's days ago, whatever state it is in; the
// longest kept first. Pure reading: this is the dry run.
absl::StatusOr<std::vector<DueConversation>> DueForRetention(const storage::Store& store,
                                                             const dialog::Retention& policy,
                                                             absl::Time now);

// Removes them. Returns the sum of what was removed.
absl::StatusOr<storage::EraseReceipt> ApplyRetention(storage::Store& store,
                                                     const std::vector<DueConversation>& due,
                                                     absl::Time now);

}  // namespace frontdesk::server
