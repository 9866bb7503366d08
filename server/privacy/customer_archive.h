// Everything held about one person, as one JSON document that machines and people read.
// Format: docs/privacy.md.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/store.h"
#include "tools/registry.h"

namespace frontdesk::server {

using ArchiveSink = std::function<absl::Status(std::string_view piece)>;

// Hands the document over piece by piece, in order: conversations with every event and the
// values behind their vault tokens, writes of the ledger, consents, and what the business's
// systems give for privacy.export_customer. registry: null when no bundle is at hand; the
// document then says so. An error of the sink ends it.
// Errors: INVALID_ARGUMENT (empty id), NOT_FOUND (nothing is held), the store's.
absl::Status WriteCustomerArchive(const storage::Store& store, tools::Registry* registry,
                                  const storage::CustomerId& customer, absl::Time now,
                                  const ArchiveSink& sink);

}  // namespace frontdesk::server
