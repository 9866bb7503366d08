// A circuit breaker: stops calling a system that keeps failing, and tries it
// again after a pause.
//
//   closed --`failures` in a row--> open --`open_for` passed--> half open
//   half open --one success--> closed;  half open --one failure--> open
//
// In half open one call at a time is let through. Thread-safe. Reads no clock:
// the caller gives the time.
//
// Example:
//   if (!breaker.Allow(now)) return Unavailable();
//   breaker.Report(call_succeeded, now);
#pragma once

#include <mutex>
#include <string_view>

#include "absl/time/time.h"

namespace frontdesk::tools {

enum class BreakerState { kClosed, kOpen, kHalfOpen };
std::string_view Name(BreakerState state);

struct BreakerOptions {
  int failures = 5;  // consecutive failures that open it; ≥ 1
  absl::Duration open_for = absl::Seconds(30);
};

class Breaker {
 public:
  explicit Breaker(BreakerOptions options = {}) : options_(options) {}

  // Whether a call may be made now. A true answer must be followed by Report.
  bool Allow(absl::Time now);
  // success: the system answered, whatever the answer said.
  void Report(bool success, absl::Time now);
  BreakerState state() const;

 private:
  const BreakerOptions options_;
  mutable std::mutex mutex_;
  BreakerState state_ = BreakerState::kClosed;  // guarded by mutex_, as all below
  int failures_ = 0;
  bool probing_ = false;
  absl::Time open_until_ = absl::InfinitePast();
};

}  // namespace frontdesk::tools
