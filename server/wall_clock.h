// The wall clock, as stored times are: milliseconds since 1970 in UTC.
#pragma once

#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace frontdesk::server {

inline int64_t NowMs() { return absl::ToUnixMillis(absl::Now()); }

}  // namespace frontdesk::server
