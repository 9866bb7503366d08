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
//   std::optional<int64_t> pass = breaker.Admit(now);
//   if (!pass) return Unavailable();
//   breaker.Report(*pass, call_succeeded, now);
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
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

  // A pass for one call made now, or nullopt while open. A pass must be reported.
  std::optional<int64_t> Admit(absl::Time now);
  // How the call with that pass went; success: the system answered, whatever the
  // answer said. A pass from before the last change of state counts for nothing.
  void Report(int64_t pass, bool success, absl::Time now);
  BreakerState state() const;

 private:
  void Enter(BreakerState state);

  const BreakerOptions options_;
  mutable std::mutex mutex_;
  BreakerState state_ = BreakerState::kClosed;  // guarded by mutex_, as all below
  int64_t period_ = 0;                          // counts changes of state; what a pass is
  int failures_ = 0;
  bool probing_ = false;
  absl::Time open_until_ = absl::InfinitePast();
};

}  // namespace frontdesk::tools
