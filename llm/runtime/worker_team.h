// Threads that help the caller through the stages of a step.
//
// A stage is a range cut into pieces; whoever is free takes the next piece. The caller
// takes part and never waits for a helper to wake up, only for pieces that a helper has
// begun: when the system has given the processor to somebody else, the caller does the
// work alone. Which thread computes a piece never shows in a result.
//
// One caller at a time. ForRange is not reentrant.
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

  // Wakes helpers that sleep, so that they see the stages to come.
  void Wake();

  // Calls work(worker, begin, end) for disjoint pieces that cover [0, total), each of at
  // least min_piece items; worker is 0 for the caller, below size() for all. Returns when
  // all are done; what they wrote is seen by the caller and by later stages.
  template <typename Work>
  void ForRange(int total, int min_piece, const Work& work) {
    if (total <= 0) return;
    const int piece = std::max(min_piece, (total + 4 * size() - 1) / (4 * size()));
    if (size() == 1 || piece >= total) {
      work(0, 0, total);
      return;
    }
    RunStage(total, piece, &work, [](const void* context, int worker, int begin, int end) {
      (*static_cast<const Work*>(context))(worker, begin, end);
    });
  }

 private:
  using Call = void (*)(const void* context, int worker, int begin, int end);

  // The stage under way. Fields are read by a helper only between taking a piece and
  // reporting it done, while the caller waits in RunStage.
  struct Stage {
    std::atomic<int> total{0};
    std::atomic<int> piece{1};
    std::atomic<const void*> context{nullptr};
    std::atomic<Call> call{nullptr};
    alignas(64) std::atomic<int> done{0};  // items
  };

  void RunStage(int total, int piece, const void* context, Call call);
  // Takes and runs one piece; false when the stage of this ticket has none left.
  bool TakePiece(int worker);
  void HelperLoop(int worker);

  std::vector<std::thread> threads_;
  Stage stage_;
  // Stage number in the high half, next item in the low half. Taking a piece is a
  // compare-and-swap of both, so a piece is taken of the stage that was seen or not at all.
  alignas(64) std::atomic<uint64_t> ticket_{0};
  alignas(64) std::atomic<uint32_t> wakes_{0};
  std::atomic<bool> stopping_{false};
};

}  // namespace frontdesk::llm
