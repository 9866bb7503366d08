// Users whose tokens are void: a text file beside the token key, one "SECONDS NAME" a line,
// written by `frontdesk user disable` and read again by a running server.
//
// A token that was issued at or before that time is void; a person who is added again later
// gets a new one that counts.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/auth/principal.h"

namespace frontdesk::server {

using DisabledUsers = std::map<std::string, absl::Time, std::less<>>;

// Errors: INVALID_ARGUMENT naming the line.
absl::StatusOr<DisabledUsers> ReadDisabledUsers(std::string_view text);

// Adds a user, or moves the time. The file is replaced whole. now: rounded up to the second.
absl::Status DisableUser(const std::string& path, std::string_view user, absl::Time now);

bool IsDisabled(const DisabledUsers& disabled, const Principal& principal);

}  // namespace frontdesk::server
