#include "server/rate_limiter.h"

#include <algorithm>

namespace frontdesk::server {

absl::Duration RateLimiter::Take(std::string_view caller, absl::Time now) {
  if (limit_.burst <= 0) return absl::ZeroDuration();
  std::lock_guard lock(mutex_);
  if (buckets_.size() >= limit_.max_callers) DropFull(now);
  auto [it, added] = buckets_.try_emplace(std::string(caller), Bucket{limit_.burst, now});
  Bucket& bucket = it->second;
  const double elapsed = std::max(0.0, absl::ToDoubleSeconds(now - bucket.at));
  bucket.calls = std::min(limit_.burst, bucket.calls + elapsed * limit_.per_second);
  bucket.at = now;
  if (bucket.calls >= 1) {
    bucket.calls -= 1;
    return absl::ZeroDuration();
  }
  return absl::Seconds((1 - bucket.calls) / limit_.per_second);
}

void RateLimiter::DropFull(absl::Time now) {
  for (auto it = buckets_.begin(); it != buckets_.end();) {
    const double elapsed = absl::ToDoubleSeconds(now - it->second.at);
    const bool full = it->second.calls + elapsed * limit_.per_second >= limit_.burst;
    it = full ? buckets_.erase(it) : std::next(it);
  }
}

}  // namespace frontdesk::server
