// A token bucket for each caller: how many calls in a burst, how many a second.
//
// Thread-safe. Memory is bounded: callers whose bucket is full again are dropped
// when more than `max_callers` are known.
//
//   RateLimiter limiter({.burst = 20, .per_second = 5});
//   if (auto wait = limiter.Take("10.0.0.7", now); wait > absl::ZeroDuration()) refuse(wait);
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/time/time.h"

namespace frontdesk::server {

struct RateLimit {
  double burst = 20;      // calls; 0 switches the limiter off
  double per_second = 5;  // calls a second that refill the bucket
  size_t max_callers = 100'000;
};

class RateLimiter {
 public:
  explicit RateLimiter(RateLimit limit) : limit_(limit) {}

  // Takes one call from the caller's bucket. Zero: go ahead; otherwise the time
  // after which the next call will be let through.
  absl::Duration Take(std::string_view caller, absl::Time now);

 private:
  struct Bucket {
    double calls;
    absl::Time at;
  };
  void DropFull(absl::Time now);

  const RateLimit limit_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace frontdesk::server
