#include "llm/runtime/worker_team.h"

#include <algorithm>

#include "llm/numerics.h"

namespace frontdesk::llm {
namespace {

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Pauses before a waiting thread sleeps: about a millisecond. Stages are far shorter;
// it takes this long only when the system has taken a worker's processor away.
constexpr int kSpins = 30000;

// Waits until value is no longer `seen`.
void WaitWhile(const std::atomic<uint32_t>& value, uint32_t seen) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != seen) return;
    Pause();
  }
  value.wait(seen, std::memory_order_acquire);
}

}  // namespace

WorkerTeam::WorkerTeam(int threads) {
  const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  // More workers than processors would only wait for each other.
  for (int worker = 1; worker < std::clamp(threads, 1, std::min(64, processors)); ++worker) {
    threads_.emplace_back([this, worker] { WorkerLoop(worker); });
  }
}

WorkerTeam::~WorkerTeam() {
  stopping_.store(true);
  epoch_.fetch_add(1, std::memory_order_release);
  epoch_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerTeam::Run(const std::function<void(int)>& work) {
  const CanonicalFloatScope floats;
  if (!threads_.empty()) {
    work_ = &work;
    epoch_.fetch_add(1, std::memory_order_release);
    epoch_.notify_all();
  }
  work(0);
  Barrier();
}

void WorkerTeam::Barrier() {
  const uint32_t team = static_cast<uint32_t>(size());
  if (team == 1) return;
  const uint32_t generation = generation_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == team) {
    arrived_.store(0, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
  } else {
    WaitWhile(generation_, generation);
  }
}

void WorkerTeam::WorkerLoop(int worker) {
  const CanonicalFloatScope floats;
  uint32_t seen = 0;
  while (true) {
    WaitWhile(epoch_, seen++);
    if (stopping_.load()) return;
    (*work_)(worker);
    Barrier();
  }
}

}  // namespace frontdesk::llm
