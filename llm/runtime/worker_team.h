// Threads that help the caller through the stages of a step.
//
// A stage is a range of items; whoever is free takes the next piece of it, large ones at first
// and small ones at the end, so that all come to an end together. The caller takes part and
// never waits for a helper to wake up, only for pieces that a helper has begun: when the
// system has given the processor to somebody else, the caller does the work alone. Which
// thread computes a piece never shows in a result.
//
// A helper without work looks for some for a while, then sleeps; a stage that finds helpers
// asleep wakes them. One caller at a time. ForRange is not reentrant.
//
//   WorkerTeam team(2);
//   team.Wake();                                   // before a run of stages
//   team.ForRange(rows, 1, [&](int worker, int begin, int end) { … });

#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
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

  // Wakes helpers that sleep, so that they are there when the first stage comes.
  void Wake();

  // Calls work(worker, begin, end) for disjoint pieces that cover [0, total), each but the last of
  // at least min_piece items; worker is 0 for the caller, below size() for all. Returns when
  // all are done; what they wrote is seen by the caller and by later stages.
  template <typename Work>
  void ForRange(int total, int min_piece, const Work& work) {
    if (total <= 0) return;
    if (size() == 1 || min_piece >= total) {
      work(0, 0, total);
      return;
    }
    RunStage(total, min_piece, &work, [](const void* context, int worker, int begin, int end) {
      (*static_cast<const Work*>(context))(worker, begin, end);
    });
  }

 private:
  using Call = void (*)(const void* context, int worker, int begin, int end);

  // The stage under way. Fields are read by a helper only between taking a piece and
  // reporting it done, while the caller waits in RunStage.
  struct Stage {
    std::atomic<int> total{0};
    std::atomic<int> min_piece{1};
    std::atomic<const void*> context{nullptr};
    std::atomic<Call> call{nullptr};
    alignas(64) std::atomic<int> done{0};  // items
  };

  void RunStage(int total, int min_piece, const void* context, Call call);
  // Takes and runs one piece; false when the stage of this ticket has none left.
  bool TakePiece(int worker);
  void HelperLoop(int worker);
  bool HasPieces() const;

  std::vector<std::thread> threads_;
  Stage stage_;
  // Stage number in the high half, next item in the low half. Taking a piece is a
  // compare-and-swap of both, so a piece is taken of the stage that was seen or not at all.
  alignas(64) std::atomic<uint64_t> ticket_{0};
  alignas(64) std::atomic<uint32_t> wakes_{0};
  std::atomic<int> sleepers_{0};  // helpers that sleep, or are about to look once more and sleep
  std::atomic<bool> stopping_{false};
};

}  // namespace frontdesk::llm
