// Threads that compute one step together: all run the same function, each on its
// share, and meet at barriers.
//
// The caller of Run is worker 0. Waiting spins, since the stages of a step last microseconds,
// and sleeps when a worker lost its processor. Run is not reentrant:
// one caller at a time. How work is shared never shows in a result.
//
//   WorkerTeam team(2);
//   team.Run([&](int worker) { …; team.Barrier(); …; });

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace frontdesk::llm {

class WorkerTeam {
 public:
  // threads: 1..64, the caller's included; no more are started than there are processors.
  explicit WorkerTeam(int threads);
  ~WorkerTeam();
  WorkerTeam(const WorkerTeam&) = delete;
  WorkerTeam& operator=(const WorkerTeam&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Runs work(worker) on every worker, worker = 0..size()-1, returns when all are done.
  void Run(const std::function<void(int worker)>& work);

  // Inside Run: returns once every worker has called it. What was written before is
  // seen by all after.
  void Barrier();

  // The share [begin, end) of `total` items of a worker.
  struct Range {
    int begin, end;
  };
  Range Share(int total, int worker) const {
    return {static_cast<int>(int64_t{total} * worker / size()),
            static_cast<int>(int64_t{total} * (worker + 1) / size())};
  }

 private:
  void WorkerLoop(int worker);

  std::vector<std::thread> threads_;
  const std::function<void(int)>* work_ = nullptr;
  alignas(64) std::atomic<uint32_t> epoch_{0};  // one more for each Run
  alignas(64) std::atomic<uint32_t> arrived_{0};
  alignas(64) std::atomic<uint32_t> generation_{0};  // one more for each barrier
  std::atomic<bool> stopping_{false};
};

}  // namespace frontdesk::llm
