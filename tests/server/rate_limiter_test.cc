#include "server/rate_limiter.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace frontdesk::server {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(RateLimiter, GivesABurstThenThePace) {
  RateLimiter limiter({.burst = 3, .per_second = 2});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.Take("a", kNow), absl::ZeroDuration());
  EXPECT_EQ(limiter.Take("a", kNow), absl::Milliseconds(500));
  EXPECT_EQ(limiter.Take("b", kNow), absl::ZeroDuration()) << "callers have buckets of their own";
  EXPECT_EQ(limiter.Take("a", kNow + absl::Milliseconds(500)), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("a", kNow + absl::Milliseconds(500)), absl::ZeroDuration());
}

TEST(RateLimiter, AClockThatStepsBackGivesNothing) {
  RateLimiter limiter({.burst = 1, .per_second = 1});
  EXPECT_EQ(limiter.Take("a", kNow), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("a", kNow - absl::Hours(1)), absl::ZeroDuration());
}

TEST(RateLimiter, ZeroBurstSwitchesItOff) {
  RateLimiter limiter({.burst = 0, .per_second = 1});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.Take("a", kNow), absl::ZeroDuration());
}

}  // namespace
}  // namespace frontdesk::server
