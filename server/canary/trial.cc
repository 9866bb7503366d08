#include "server/canary/trial.h"

#include <algorithm>

namespace frontdesk::server {
namespace {

BlockShape ShapeFor(int percent) {
  const int share = std::clamp(percent, 1, 50);
  return {.champions = (100 - share) / share, .challengers = 1};
}

ArmTally TakeBlock(std::deque<SettledOutcome>& queue, int size) {
  ArmTally block{.conversations = size};
  for (int i = 0; i < size; ++i) {
    block.escalated += queue.front().escalated ? 1 : 0;
    block.negative += queue.front().negative ? 1 : 0;
    queue.pop_front();
  }
  return block;
}

void Count(const SettledOutcome& outcome, ArmTally& tally) {
  ++tally.conversations;
  tally.escalated += outcome.escalated ? 1 : 0;
  tally.negative += outcome.negative ? 1 : 0;
}

}  // namespace

CanaryTrial::CanaryTrial(int percent, double alpha)
    : shape_(ShapeFor(percent)),
      threshold_(1 / alpha),
      worse_escalated_(Direction::kChallengerWorse, shape_),
      worse_negative_(Direction::kChallengerWorse, shape_),
      better_escalated_(Direction::kChallengerBetter, shape_),
      better_negative_(Direction::kChallengerBetter, shape_) {}

void CanaryTrial::Add(Arm arm, SettledOutcome outcome) {
  if (verdict_ != Verdict::kOpen) return;
  Count(outcome, arm == Arm::kChampion ? champion_ : challenger_);
  (arm == Arm::kChampion ? champions_ : challengers_).push_back(outcome);
  while (verdict_ == Verdict::kOpen &&
         champions_.size() >= static_cast<size_t>(shape_.champions) &&
         challengers_.size() >= static_cast<size_t>(shape_.challengers)) {
    const ArmTally a = TakeBlock(champions_, shape_.champions);
    const ArmTally b = TakeBlock(challengers_, shape_.challengers);
    worse_escalated_.AddBlock(static_cast<int>(a.escalated), static_cast<int>(b.escalated));
    better_escalated_.AddBlock(static_cast<int>(a.escalated), static_cast<int>(b.escalated));
    worse_negative_.AddBlock(static_cast<int>(a.negative), static_cast<int>(b.negative));
    better_negative_.AddBlock(static_cast<int>(a.negative), static_cast<int>(b.negative));
    if (evidence_worse() >= threshold_) {
      verdict_ = Verdict::kWorse;
    } else if (evidence_better() >= threshold_) {
      verdict_ = Verdict::kBetter;
    }
  }
}

}  // namespace frontdesk::server
