#include "server/turns/lanes.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace frontdesk::server {
namespace {

storage::ConversationId Id(int number) { return storage::ConversationId(absl::StrCat("c", number)); }

TEST(Lanes, KeepTheOrderOfAConversationAndNeverRunItTwiceAtOnce) {
  constexpr int kConversations = 20, kMessages = 50;
  std::mutex mutex;
  std::map<int, std::vector<int>> seen;
  std::map<int, int> running;
  bool overlap = false;
  {
    Lanes lanes({.threads = 4, .capacity = 10'000, .lane_capacity = 1000});
    for (int m = 0; m < kMessages; ++m) {
      for (int c = 0; c < kConversations; ++c) {
        ASSERT_TRUE(lanes
                        .Submit(Id(c),
                                [&, c, m] {
                                  {
                                    std::lock_guard lock(mutex);
                                    overlap = overlap || ++running[c] > 1;
                                    seen[c].push_back(m);
                                  }
                                  std::this_thread::yield();
                                  std::lock_guard lock(mutex);
                                  --running[c];
                                })
                        .ok());
      }
    }
    EXPECT_TRUE(lanes.Drain(absl::Now() + absl::Seconds(30)));
  }
  EXPECT_FALSE(overlap);
  for (int c = 0; c < kConversations; ++c) {
    ASSERT_EQ(seen[c].size(), static_cast<size_t>(kMessages));
    for (int m = 0; m < kMessages; ++m) EXPECT_EQ(seen[c][m], m);
  }
}

TEST(Lanes, RefuseBeyondTheirBounds) {
  std::mutex mutex;
  std::condition_variable wake;
  bool go = false;
  const auto block = [&] {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return go; });
  };
  Lanes lanes({.threads = 1, .capacity = 3, .lane_capacity = 2});
  ASSERT_TRUE(lanes.Submit(Id(0), block).ok());
  while (lanes.running() == 0) std::this_thread::yield();
  EXPECT_TRUE(lanes.Submit(Id(1), [] {}).ok());
  EXPECT_TRUE(lanes.Submit(Id(1), [] {}).ok());
  EXPECT_EQ(lanes.Submit(Id(1), [] {}).code(), absl::StatusCode::kResourceExhausted) << "one lane is full";
  EXPECT_TRUE(lanes.Submit(Id(2), [] {}).ok());
  EXPECT_EQ(lanes.Submit(Id(3), [] {}).code(), absl::StatusCode::kResourceExhausted) << "all lanes are full";
  {
    std::lock_guard lock(mutex);
    go = true;
  }
  wake.notify_all();
  EXPECT_TRUE(lanes.Drain(absl::Now() + absl::Seconds(10)));
  EXPECT_EQ(lanes.Submit(Id(4), [] {}).code(), absl::StatusCode::kUnavailable);
}

TEST(Lanes, ADrainThatRunsOutOfTimeDropsWhatStillWaits) {
  std::atomic<bool> go = false;
  std::atomic<int> ran = 0;
  Lanes lanes({.threads = 1});
  ASSERT_TRUE(lanes.Submit(Id(0), [&] { while (!go) std::this_thread::yield(); }).ok());
  while (lanes.running() == 0) std::this_thread::yield();
  ASSERT_TRUE(lanes.Submit(Id(0), [&] { ++ran; }).ok());
  EXPECT_FALSE(lanes.Drain(absl::Now() + absl::Milliseconds(20)));
  go = true;
  EXPECT_TRUE(lanes.Drain(absl::Now() + absl::Seconds(10)));
  EXPECT_EQ(ran, 0);
}

}  // namespace
}  // namespace frontdesk::server
