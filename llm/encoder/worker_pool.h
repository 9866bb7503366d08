// A few threads that share the items of a loop with the thread that asks.
//
// Thread-safe: several threads may run loops at once; each also works on its own
// loop, so a loop always ends even when every worker is busy elsewhere. The order
// in which items run is not fixed: items must not depend on each other.
//
//   WorkerPool pool(2);                       // the caller and one worker
//   pool.ForEach(items.size(), [&](int i) { Compute(items[i]); });
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace frontdesk::llm::encoder {

class WorkerPool {
 public:
  // threads: 1..64, the calling thread counted.
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs item(0) … item(count - 1) and returns when all have ended. item must not throw.
  void ForEach(int count, const std::function<void(int)>& item);

 private:
  struct Loop;
  void Work();
  static void RunItems(Loop& loop);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Loop>> loops_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace frontdesk::llm::encoder
