// A thread that does one kind of work in steps whenever it is woken, and rests when nothing is left.
//
// Thread-safe. The thread starts with the first Wake; the destructor waits for the step that runs.
//
//   BackgroundWork merges([&] { return MergeOnce(); });
//   merges.Wake();
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace frontdesk::retrieval {

class BackgroundWork {
 public:
  // step: does a piece and returns true, or returns false when there was nothing to do. Never run
  // twice at a time.
  explicit BackgroundWork(std::function<bool()> step) : step_(std::move(step)) {}
  ~BackgroundWork();
  BackgroundWork(const BackgroundWork&) = delete;
  BackgroundWork& operator=(const BackgroundWork&) = delete;

  // There may be something to do. Cost: a lock.
  void Wake();
  // Returns when all that was woken for before the call is done.
  void WaitUntilIdle();

 private:
  void Run();

  const std::function<bool()> step_;
  std::mutex mu_;
  std::condition_variable changed_;
  std::thread thread_;    // guarded by mu_ until joined
  bool wanted_ = false;   // guarded by mu_
  bool running_ = false;  // guarded by mu_
  bool stop_ = false;     // guarded by mu_
};

}  // namespace frontdesk::retrieval
