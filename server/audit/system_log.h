// The server's own logs in the store: conversations that nobody holds, hash-chained like the others.
#pragma once

#include "absl/status/status.h"
#include "storage/store.h"

namespace frontdesk::server {

// Appends to the log that `append` names; the first time it is opened. Errors: the store's.
absl::Status AppendToSystemLog(storage::Store& store, storage::AppendRequest append);

}  // namespace frontdesk::server
