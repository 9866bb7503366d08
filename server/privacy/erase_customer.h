// Erasing a person everywhere we reach, and saying where we do not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/audit/audit_log.h"
#include "storage/store.h"
#include "tools/registry.h"

namespace frontdesk::server {

struct ErasureReceipt {
  storage::EraseReceipt store;
  std::string business_systems;           // what they answered, in words
  std::vector<std::string> out_of_reach;  // copies we gave away or do not know, one sentence each

  // The receipt as a person reads it; names nobody.
  std::string Words() const;
};

// First the business's systems (privacy.erase_customer), then the keys, the vault and the rows
// here. When the systems cannot be reached nothing is destroyed, so that the same call can be
// made again; systems that do not know the person, or a bundle without the tool, do not stop it.
// registry: null when no bundle is at hand. by: for the record.
// Errors: INVALID_ARGUMENT (empty id), UNAVAILABLE (business's systems), the store's.
absl::StatusOr<ErasureReceipt> EraseCustomer(storage::Store& store, tools::Registry* registry,
                                             AuditLog& audit, const AdminAct& by,
                                             const storage::CustomerId& customer, absl::Time now);

}  // namespace frontdesk::server
