// Shares the processor time of the process out among the turns that run.
//
// A turn's work is spread over threads that many turns use at once: its lane, the decoder's and the
// encoder's batches, the store's writer. So it is charged an equal share of all the processor time
// that passes while it runs: half while one other runs, all when it is alone. The turns' costs add
// up to what the process used while any of them ran, whatever the threads.
//
// Thread-safe. In the words of fair queueing: Begin and End read a virtual clock that advances by
// processor time divided by the number of running turns.
//
//   CpuMeter meter;
//   const absl::Duration mark = meter.Begin();
//   RunTurn(...);
//   absl::Duration cost = meter.End(mark);
#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "absl/time/time.h"

namespace frontdesk::server {

// User and system time of all threads of the process.
absl::Duration ProcessCpuTime();

class CpuMeter {
 public:
  explicit CpuMeter(std::function<absl::Duration()> clock = ProcessCpuTime)
      : clock_(std::move(clock)), last_(clock_()) {}

  absl::Duration Begin() {
    std::lock_guard lock(mutex_);
    Advance();
    ++running_;
    return share_;
  }
  // mark: of the Begin that this ends; each is ended once.
  absl::Duration End(absl::Duration mark) {
    std::lock_guard lock(mutex_);
    Advance();
    --running_;
    return share_ - mark;
  }

 private:
  void Advance() {
    const absl::Duration now = clock_();
    if (running_ > 0) share_ += (now - last_) / running_;
    last_ = now;
  }

  const std::function<absl::Duration()> clock_;
  std::mutex mutex_;
  absl::Duration last_, share_;
  int64_t running_ = 0;
};

}  // namespace frontdesk::server
