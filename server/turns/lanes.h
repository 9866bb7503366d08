// Runs work of one conversation in order, of many conversations side by side.
//
// A lane is a conversation's line of waiting work; a lane has at most one piece
// running. Thread-safe. Memory is bounded: `capacity` pieces wait over all lanes
// and `lane_capacity` in one; more is refused with a delay to try again after.
//
//   Lanes lanes({.threads = 4});
//   absl::Status taken = lanes.Submit(id, [] { RunTurn(...); });
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/ids.h"

namespace frontdesk::server {

struct LaneOptions {
  int threads = 4;           // turns that run at once; tools and the store's commits block them
  size_t capacity = 1024;    // pieces that wait over all conversations
  size_t lane_capacity = 8;  // pieces that wait in one conversation
};

class Lanes {
 public:
  explicit Lanes(LaneOptions options);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  // Errors: RESOURCE_EXHAUSTED with a retry delay (full), UNAVAILABLE (stopping).
  absl::Status Submit(const storage::ConversationId& conversation, std::function<void()> work);

  // Takes no more work and waits until `deadline` for what was accepted. False:
  // time ran out; what still waited was dropped (its messages were not acknowledged),
  // what still runs is waited for by the destructor.
  bool Drain(absl::Time deadline);

  size_t waiting() const;
  size_t running() const;

 private:
  struct Lane {
    std::deque<std::function<void()>> work;
    bool running = false;
  };
  void Run();

  const LaneOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::unordered_map<std::string, Lane> lanes_;
  std::deque<std::string> ready_;  // lanes that have work and do not run
  size_t waiting_ = 0;
  size_t running_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace frontdesk::server
