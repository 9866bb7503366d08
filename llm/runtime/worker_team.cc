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

constexpr int kSpins = 4000;  // some tens of microseconds

// Spins, then yields, until value is no longer `seen`.
void SpinWhile(const std::atomic<uint32_t>& value, uint32_t seen) {
  for (int i = 0; value.load(std::memory_order_acquire) == seen; ++i) {
    if (i < kSpins) {
      Pause();
    } else {
      std::this_thread::yield();
    }
  }
}

}  // namespace

WorkerTeam::WorkerTeam(int threads) {
  for (int worker = 1; worker < std::clamp(threads, 1, 64); ++worker) {
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
  } else {
    SpinWhile(generation_, generation);
  }
}

void WorkerTeam::WorkerLoop(int worker) {
  const CanonicalFloatScope floats;
  uint32_t seen = 0;
  while (true) {
    for (int i = 0; i < kSpins && epoch_.load(std::memory_order_acquire) == seen; ++i) Pause();
    epoch_.wait(seen, std::memory_order_acquire);
    ++seen;
    if (stopping_.load()) return;
    (*work_)(worker);
    Barrier();
  }
}

}  // namespace frontdesk::llm
