// A fixed number of threads and a bounded queue of work.
//
// Thread-safe. Work that does not fit is refused, never buffered without bound.
// Invariant: after Stop() returns, all accepted work has run.
//
//   WorkerPool pool("turns", 4, 1000);
//   if (!pool.Submit([&] { Run(turn); })) return Overloaded(...);
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace frontdesk::server {

class WorkerPool {
 public:
  // threads: 1 or more. capacity: pieces of work that may wait.
  WorkerPool(std::string name, int threads, size_t capacity);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False: the queue is full, or the pool is stopping.
  [[nodiscard]] bool Submit(std::function<void()> work);
  // Takes no more work, finishes what was accepted, joins. May be called twice.
  void Stop();
  size_t waiting() const;

 private:
  void Run();

  const std::string name_;
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace frontdesk::server
