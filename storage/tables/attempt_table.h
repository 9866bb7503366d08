// The table `attempts`: counters that a restart does not reset. Functions on a connection the
// caller owns.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/aead.h"
#include "storage/sqlite/connection.h"

namespace frontdesk::storage::tables {

// Opens a window of window_ms (> 0) with the first attempt; counts within it.
// tag_key: makes the HMAC that stands for key. Also removes a few expired rows.
absl::StatusOr<int64_t> IncrementAttempts(sqlite::Connection& db, const SecretKey& tag_key,
                                          const std::string& scope, const std::string& key,
                                          int64_t window_ms, int64_t now_ms);
absl::Status RemoveAttempts(sqlite::Connection& db, const SecretKey& tag_key,
                            const std::string& scope, const std::string& key);

}  // namespace frontdesk::storage::tables
