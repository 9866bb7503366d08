#include "llm/runtime/worker_team.h"

#include "llm/numerics.h"

namespace frontdesk::llm {
namespace {

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Pauses without work before a helper sleeps: some tens of microseconds.
constexpr int kHelperSpins = 4000;
// Pauses before the caller, waiting for a helper's last piece, offers its processor.
constexpr int kCallerSpins = 2000;

constexpr uint64_t kNoItems = 0x7FFFFFFF;

}  // namespace

WorkerTeam::WorkerTeam(int threads) {
  // More workers than processors would only wait for each other.
  const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  ticket_.store(kNoItems);
  for (int worker = 1; worker < std::clamp(threads, 1, std::min(64, processors)); ++worker) {
    threads_.emplace_back([this, worker] { HelperLoop(worker); });
  }
}

WorkerTeam::~WorkerTeam() {
  stopping_.store(true);
  Wake();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerTeam::Wake() {
  if (threads_.empty()) return;
  wakes_.fetch_add(1, std::memory_order_release);
  wakes_.notify_all();
}

void WorkerTeam::RunStage(int total, int min_piece, const void* context, Call call) {
  // Helpers hold no piece here, and the ticket that RunStage leaves behind cannot be
  // taken: whoever sees the new total sees that ticket too.
  stage_.total.store(total, std::memory_order_release);
  stage_.min_piece.store(min_piece, std::memory_order_relaxed);
  stage_.context.store(context, std::memory_order_relaxed);
  stage_.call.store(call, std::memory_order_relaxed);
  stage_.done.store(0, std::memory_order_relaxed);
  const uint64_t number = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
  // In one order with the sleepers' count: a helper that is not counted sees the ticket.
  ticket_.store(number << 32, std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_seq_cst) > 0) Wake();
  while (TakePiece(0)) {
  }
  for (int i = 0; stage_.done.load(std::memory_order_acquire) != total; ++i) {
    if (i < kCallerSpins) {
      Pause();
    } else {
      std::this_thread::yield();
    }
  }
  ticket_.store((number << 32) | kNoItems, std::memory_order_release);
}

bool WorkerTeam::TakePiece(int worker) {
  uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while (true) {
    const int begin = static_cast<int>(ticket & kNoItems);
    const int total = stage_.total.load(std::memory_order_acquire);
    if (begin >= total) return false;
    const int share = (total - begin) / (2 * size());
    const int end =
        std::min(total, begin + std::max(share, stage_.min_piece.load(std::memory_order_relaxed)));
    const uint64_t taken = (ticket & ~kNoItems) | static_cast<uint64_t>(end);
    // Success means the stage is still the one seen: its numbers were read whole, since
    // the caller changes them only after all items of the stage are done.
    if (!ticket_.compare_exchange_weak(ticket, taken, std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
      continue;
    }
    stage_.call.load(std::memory_order_relaxed)(stage_.context.load(std::memory_order_relaxed),
                                                worker, begin, end);
    stage_.done.fetch_add(end - begin, std::memory_order_acq_rel);
    return true;
  }
}

void WorkerTeam::HelperLoop(int worker) {
  const CanonicalFloatScope floats;
  while (true) {
    for (int idle = 0; idle < kHelperSpins; ++idle) {
      if (TakePiece(worker)) {
        idle = 0;
      } else {
        Pause();
      }
      if (stopping_.load(std::memory_order_relaxed)) return;
    }
    const uint32_t wakes = wakes_.load(std::memory_order_acquire);
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    if (!HasPieces() && !stopping_.load()) wakes_.wait(wakes, std::memory_order_acquire);
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
  }
}

bool WorkerTeam::HasPieces() const {
  const uint64_t ticket = ticket_.load(std::memory_order_seq_cst);
  return static_cast<int>(ticket & kNoItems) < stage_.total.load(std::memory_order_acquire);
}

}  // namespace frontdesk::llm
