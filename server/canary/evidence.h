// Evidence that one of two versions has more bad outcomes, valid at every moment one looks.
//
// A test martingale for two streams of yes/no outcomes (Turner, Ly, Grünwald 2021): while the
// two versions are alike, the chance that it ever reaches 1/alpha is at most alpha, for any
// number of conversations, with no assumption about sample sizes. docs/canary.md has the
// mathematics. A value; not thread-safe.
//
//   EvidenceProcess worse(Direction::kChallengerWorse, {.champions = 9, .challengers = 1});
//   worse.AddBlock(/*bad champions=*/2, /*bad challengers=*/1);
//   if (worse.evidence() >= 20) RollBack();      // alpha = .05
#pragma once

#include <array>
#include <cstdint>

namespace frontdesk::server {

enum class Direction { kChallengerWorse, kChallengerBetter };

// How many conversations of each version make one step.
struct BlockShape {
  int champions = 1, challengers = 1;
};

class EvidenceProcess {
 public:
  EvidenceProcess(Direction direction, BlockShape shape);

  // bad: how many of the block's conversations ended badly; 0..shape.
  void AddBlock(int bad_champions, int bad_challengers);
  // 1 before any block; capped at 1e300.
  double evidence() const;
  int64_t blocks() const { return blocks_; }

 private:
  // Effects that are bet on, as differences of log odds; the bets' capital is averaged.
  static constexpr std::array<double, 5> kEffects = {0.25, 0.5, 0.8, 1.2, 1.8};

  const double sign_;
  const BlockShape shape_;
  std::array<double, kEffects.size()> log_capital_{};
  double bad_ = 1, seen_ = 5;  // champions so far, with one bad of five to begin with
  int64_t blocks_ = 0;
};

}  // namespace frontdesk::server
