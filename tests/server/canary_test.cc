// The canary's mathematics: exact expectations, error rates and power by simulation; and the
// whole thing over a store, with versions that really speak worse or better.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/canary/canary.h"
#include "server/canary/trial.h"
#include "server/simulate/place.h"
#include "server/simulate/simulation.h"
#include "tools/crm/generate/random.h"

namespace frontdesk::server {
namespace {

double Choose(int n, int k) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0));
}

// Expected factor by which the capital grows in the block after `blocks` blocks of `bad`.
double ExpectedFactor(Direction direction, BlockShape shape, double champion, double challenger,
                      int blocks, int bad) {
  EvidenceProcess before(direction, shape);
  for (int i = 0; i < blocks; ++i) before.AddBlock(bad, 0);
  double expected = 0;
  for (int a = 0; a <= shape.champions; ++a) {
    for (int b = 0; b <= shape.challengers; ++b) {
      EvidenceProcess after = before;
      after.AddBlock(a, b);
      expected += Choose(shape.champions, a) * std::pow(champion, a) *
                  std::pow(1 - champion, shape.champions - a) * Choose(shape.challengers, b) *
                  std::pow(challenger, b) * std::pow(1 - challenger, shape.challengers - b) *
                  after.evidence() / before.evidence();
    }
  }
  return expected;
}

// A fair game: whatever the common rate, nothing is won on average; and less than nothing
// when the challenger is in truth on the other side. Exact, over all outcomes of a block.
TEST(Evidence, IsNotWonByChanceAtAnyRate) {
  for (const BlockShape shape : {BlockShape{1, 1}, BlockShape{4, 1}, BlockShape{9, 1}}) {
    for (const Direction direction :
         {Direction::kChallengerWorse, Direction::kChallengerBetter}) {
      for (double rate : {0.01, 0.1, 0.2, 0.5, 0.9}) {
        for (double distance : {0.0, 0.05, 0.5}) {
          const double other = direction == Direction::kChallengerWorse
                                   ? rate * (1 - distance)
                                   : rate + (1 - rate) * distance;
          for (int bad : {0, 1}) {
            EXPECT_LE(ExpectedFactor(direction, shape, rate, other, 7, bad), 1 + 1e-9)
                << shape.champions << " rate " << rate << " other " << other;
          }
        }
      }
    }
  }
}

TEST(Evidence, GrowsWhenTheChallengerIsWorse) {
  EXPECT_GT(ExpectedFactor(Direction::kChallengerWorse, {1, 1}, 0.2, 0.4, 7, 0), 1);
  EXPECT_GT(ExpectedFactor(Direction::kChallengerBetter, {1, 1}, 0.4, 0.1, 7, 1), 1);
}

struct Rates {
  double escalated, negative;
};

struct Ending {
  Verdict verdict = Verdict::kOpen;
  int64_t conversations = 0;
};

Ending RunTrial(Rates champion, Rates challenger, int percent, int64_t conversations,
                tools::Random& random) {
  const auto happens = [&](double p) {
    return static_cast<double>(random.Next() >> 11) * 0x1p-53 < p;
  };
  CanaryTrial trial(percent);
  int64_t n = 0;
  while (n < conversations && trial.verdict() == Verdict::kOpen) {
    ++n;
    const bool on_trial = random.Chance(percent);
    const Rates& rates = on_trial ? challenger : champion;
    trial.Add(on_trial ? Arm::kChallenger : Arm::kChampion,
              {.escalated = happens(rates.escalated), .negative = happens(rates.negative)});
  }
  return {trial.verdict(), n};
}

double ShareOf(Verdict verdict, Rates champion, Rates challenger, int percent,
               int64_t conversations, int runs, const char* name) {
  tools::Random random(20261120);
  int reached = 0;
  std::vector<int64_t> when;
  for (int i = 0; i < runs; ++i) {
    const Ending ending = RunTrial(champion, challenger, percent, conversations, random);
    if (ending.verdict != verdict) continue;
    ++reached;
    when.push_back(ending.conversations);
  }
  std::sort(when.begin(), when.end());
  const double share = static_cast<double>(reached) / runs;
  std::printf("%s: %d of %d runs of %lld conversations (%.1f %%), median after %lld\n", name,
              reached, runs, static_cast<long long>(conversations), share * 100,
              static_cast<long long>(when.empty() ? 0 : when[when.size() / 2]));
  return share;
}

// The effect sizes and numbers that docs/canary.md states.
constexpr Rates kUsual = {.escalated = 0.20, .negative = 0.05};

TEST(Trial, IdenticalBundlesAreRarelyRolledBackOrPromoted) {
  EXPECT_LE(ShareOf(Verdict::kWorse, kUsual, kUsual, 50, 2000, 200, "false rollback, 50 %"), .05);
  EXPECT_LE(ShareOf(Verdict::kWorse, kUsual, kUsual, 10, 5000, 200, "false rollback, 10 %"), .05);
  EXPECT_LE(ShareOf(Verdict::kBetter, kUsual, kUsual, 50, 2000, 200, "false promotion, 50 %"), .05);
}

TEST(Trial, FindsAWorseAndABetterVersion) {
  EXPECT_GE(ShareOf(Verdict::kWorse, kUsual, {.30, .05}, 50, 1500, 200, "escalated .20 to .30, 50 %"), .8);
  EXPECT_GE(ShareOf(Verdict::kWorse, kUsual, {.30, .05}, 10, 4000, 200, "escalated .20 to .30, 10 %"), .8);
  EXPECT_GE(ShareOf(Verdict::kWorse, kUsual, {.20, .12}, 50, 1500, 200, "negative .05 to .12, 50 %"), .8);
  EXPECT_GE(ShareOf(Verdict::kBetter, {.30, .05}, {.20, .05}, 50, 1500, 200, "escalated .30 to .20, 50 %"), .8);
}

TEST(Canary, ShareIsStickyAndAboutAsLargeAsAsked) {
  const storage::BundleVersion version("b-1");
  int in = 0;
  for (int i = 0; i < 5000; ++i) {
    const bool once = InShare(absl::StrCat("c-", i), version, 10);
    EXPECT_EQ(once, InShare(absl::StrCat("c-", i), version, 10));
    in += once ? 1 : 0;
  }
  EXPECT_NEAR(in, 500, 90);
}

// A server's canary in small: rounds of simulated conversations, each followed by a look.
class CanaryWorld {
 public:
  CanaryWorld() {
    folder_ = testing::TempDir() + absl::StrCat("frontdesk-canary-", ::getpid(), "-", ++number_);
    place_ = SimulationPlace::Open(folder_, FRONTDESK_SOURCE_DIR "/demo/bundle", "",
                                   FRONTDESK_BINARY_DIR "/simulate-cache", models_);
    EXPECT_TRUE(place_.ok()) << place_.status();
    outcomes_ = std::make_unique<OutcomeBook>(*place_->store);
    canary_ = std::make_unique<Canary>(*place_->store, *place_->versions, *outcomes_);
  }
  ~CanaryWorld() {
    canary_ = nullptr;
    outcomes_ = nullptr;
    place_ = absl::UnknownError("closed");
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }

  // The demo bundle with one of its files changed; kept, not active.
  storage::BundleVersion Add(const std::string& file, const std::string& from,
                             const std::string& to) {
    BundleFiles files = *ReadBundleFiles(FRONTDESK_SOURCE_DIR "/demo/bundle");
    EXPECT_NE(files[file].find(from), std::string::npos);
    absl::StrReplaceAll({{from, to}}, &files[file]);
    const auto added = place_->versions->Add(files);
    EXPECT_TRUE(added.ok()) << added.status();
    return (*added)->version;
  }

  CanaryState Run(int rounds, int64_t per_round) {
    const auto customers =
        MakeCustomerWorld(place_->versions->Active()->bundle, *place_->crm, {});
    EXPECT_TRUE(customers.ok());
    absl::Time now = start();
    for (int round = 0; round < rounds && canary_->state().state == "running"; ++round) {
      Simulation simulation({.store = *place_->store,
                             .models = models_,
                             .knowledge = place_->documents->base(),
                             .crm = *place_->crm,
                             .world = *customers,
                             .version_for = [this](const storage::ConversationId& id) {
                               return canary_->ChooseFor(id, "");
                             }});
      SimulationOptions options;
      options.conversations = per_round;
      options.first = told_;
      options.seed = 11;
      options.threads = 4;
      options.start = now;
      options.over = absl::Hours(8);
      const auto report = simulation.Run(options);
      EXPECT_TRUE(report.ok()) << report.status();
      if (!report.ok()) break;
      told_ += per_round;
      now += absl::Hours(24);
      EXPECT_TRUE(canary_->Evaluate(now).ok());
    }
    return canary_->state();
  }
  static absl::Time start() {
    return absl::FromCivil(absl::CivilHour(2026, 11, 16, 9), absl::UTCTimeZone());
  }
  Canary& canary() { return *canary_; }
  SimulationPlace& place() { return *place_; }
  int64_t told() const { return told_; }
  void Restart() {
    canary_ = std::make_unique<Canary>(*place_->store, *place_->versions, *outcomes_);
  }

 private:
  static inline int number_ = 0;
  Models models_;
  std::string folder_;
  absl::StatusOr<SimulationPlace> place_ = absl::UnknownError("not open");
  std::unique_ptr<OutcomeBook> outcomes_;
  std::unique_ptr<Canary> canary_;
  int64_t told_ = 0;
};


TEST(Canary, AWorseBundleIsRolledBackByItself) {
  CanaryWorld world;
  const storage::BundleVersion champion = world.place().versions->Active()->version;
  const storage::BundleVersion worse = world.Add(
      "policies/policy.yaml", "    - {id: long_conversation, if: \"turn > 40\"",
      "    - {id: long_conversation, if: \"turn > 1\"");
  ASSERT_TRUE(world.canary().Start(worse, 50, "test", CanaryWorld::start()).ok());
  EXPECT_EQ(world.canary().Start(champion, 50, "test", CanaryWorld::start()).code(),
            absl::StatusCode::kFailedPrecondition);
  const CanaryState state = world.Run(10, 60);
  EXPECT_EQ(state.state, "rolled_back") << state.reason;
  std::printf("after %lld conversations: %s\n", static_cast<long long>(world.told()),
              state.reason.c_str());
  EXPECT_EQ(world.place().versions->Active()->version, champion);
  // New conversations all begin with the champion again, and a restart knows why.
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(world.canary().ChooseFor(storage::ConversationId(absl::StrCat("n-", i)), "")->version,
              champion);
  }
  world.Restart();
  EXPECT_EQ(world.canary().state().state, "rolled_back");
  EXPECT_EQ(world.canary().state().reason, state.reason);
}

TEST(Canary, ABetterBundleIsPromotedByItself) {
  CanaryWorld world;
  // The bad one is active, the demo bundle is on trial.
  const storage::BundleVersion good = world.place().versions->Active()->version;
  const storage::BundleVersion bad = world.Add(
      "policies/policy.yaml", "    - {id: long_conversation, if: \"turn > 40\"",
      "    - {id: long_conversation, if: \"turn > 1\"");
  ASSERT_TRUE(world.place().versions->Activate(bad, "test").ok());
  ASSERT_TRUE(world.canary().Start(good, 50, "test", CanaryWorld::start()).ok());
  const CanaryState state = world.Run(10, 60);
  EXPECT_EQ(state.state, "promoted") << state.reason;
  std::printf("after %lld conversations: %s\n", static_cast<long long>(world.told()),
              state.reason.c_str());
  EXPECT_EQ(world.place().versions->Active()->version, good);
}

}  // namespace
}  // namespace frontdesk::server
