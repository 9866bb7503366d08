// A canary's trial: settled outcomes of champion and challenger in, a verdict out.
//
// Two endpoints are watched: conversations that needed a human, and conversations rated 1 or
// 2. The capital against the null hypothesis is split evenly between them, so the verdict as
// a whole keeps its error: at most `alpha` for a rollback of an equal version, at most `alpha`
// for a promotion of one. Pure; a value. docs/canary.md.
//
//   CanaryTrial trial(/*percent=*/10);
//   trial.Add(Arm::kChallenger, {.escalated = true});
//   if (trial.verdict() == Verdict::kWorse) RollBack();
#pragma once

#include <cstdint>
#include <deque>

#include "server/canary/evidence.h"

namespace frontdesk::server {

enum class Arm { kChampion, kChallenger };
enum class Verdict { kOpen, kWorse, kBetter };

struct SettledOutcome {
  bool escalated = false, negative = false;
};

struct ArmTally {
  int64_t conversations = 0, escalated = 0, negative = 0;
};

class CanaryTrial {
 public:
  static constexpr double kAlpha = 0.05;

  // percent: the challenger's share of new conversations, 1..50; alpha: of each verdict.
  explicit CanaryTrial(int percent, double alpha = kAlpha);

  // In the order in which the arm's conversations began. After a verdict nothing changes it.
  void Add(Arm arm, SettledOutcome outcome);

  Verdict verdict() const { return verdict_; }
  double evidence_worse() const { return (worse_escalated_.evidence() + worse_negative_.evidence()) / 2; }
  double evidence_better() const { return (better_escalated_.evidence() + better_negative_.evidence()) / 2; }
  const ArmTally& champion() const { return champion_; }
  const ArmTally& challenger() const { return challenger_; }

 private:
  const BlockShape shape_;
  const double threshold_;
  EvidenceProcess worse_escalated_, worse_negative_, better_escalated_, better_negative_;
  std::deque<SettledOutcome> champions_, challengers_;  // not in a block yet
  ArmTally champion_, challenger_;
  Verdict verdict_ = Verdict::kOpen;
};

}  // namespace frontdesk::server
