#include "server/canary/canary.h"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr char kPointer[] = "canary";

// Escalation and bad ratings stand at once; the absence of both only after a while.
bool Settled(const ConversationFacts& facts, absl::Time now) {
  if (facts.escalated() || (facts.score > 0 && facts.score <= 2)) return true;
  return absl::FromUnixMillis(facts.last_ms) + kSettle <= now;
}

std::string Numbers(const CanaryState& s) {
  return absl::StrFormat(
      "challenger %d of %d escalated, %d rated 1 or 2; champion %d of %d escalated, %d rated 1 or "
      "2; evidence worse %.1f, better %.1f of 20",
      s.challenger_tally.escalated, s.challenger_tally.conversations, s.challenger_tally.negative,
      s.champion_tally.escalated, s.champion_tally.conversations, s.champion_tally.negative,
      s.evidence_worse, s.evidence_better);
}

std::string SettingsOf(const CanaryState& s) {
  return nlohmann::json({{"state", s.state},
                         {"percent", s.percent},
                         {"since_ms", s.since_ms},
                         {"champion", s.champion.value()},
                         {"challenger", s.challenger.value()},
                         {"reason", s.reason},
                         {"champion_tally",
                          {s.champion_tally.conversations, s.champion_tally.escalated,
                           s.champion_tally.negative}},
                         {"challenger_tally",
                          {s.challenger_tally.conversations, s.challenger_tally.escalated,
                           s.challenger_tally.negative}},
                         {"evidence_worse", s.evidence_worse},
                         {"evidence_better", s.evidence_better}})
      .dump();
}

ArmTally TallyFrom(const nlohmann::json& json) {
  return {json.at(0).get<int64_t>(), json.at(1).get<int64_t>(), json.at(2).get<int64_t>()};
}

}  // namespace

bool InShare(const std::string& key, const storage::BundleVersion& challenger, int percent) {
  const storage::Digest hash = storage::Sha256(absl::StrCat(challenger.value(), "\n", key));
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<uint8_t>(hash[i]);
  return number % 100 < static_cast<uint64_t>(percent);
}

Canary::Canary(storage::Store& store, Versions& versions, OutcomeBook& outcomes)
    : store_(store), versions_(versions), outcomes_(outcomes) {
  if (absl::Status loaded = Load(); !loaded.ok())
    spdlog::error("canary=unreadable error=\"{}\" effect=\"no canary runs\"",
                  std::string(loaded.message()));
}

absl::Status Canary::Load() {
  const auto pointer = store_.GetPointer(kPointer);
  if (!pointer.ok()) return pointer.status();
  if (!pointer->has_value()) return absl::OkStatus();
  const nlohmann::json json = nlohmann::json::parse((*pointer)->settings, nullptr, false);
  try {
    CanaryState state;
    state.state = json.at("state").get<std::string>();
    state.percent = json.at("percent").get<int>();
    state.since_ms = json.at("since_ms").get<int64_t>();
    state.champion = storage::BundleVersion(json.at("champion").get<std::string>());
    state.challenger = storage::BundleVersion(json.at("challenger").get<std::string>());
    state.reason = json.at("reason").get<std::string>();
    state.champion_tally = TallyFrom(json.at("champion_tally"));
    state.challenger_tally = TallyFrom(json.at("challenger_tally"));
    state.evidence_worse = json.at("evidence_worse").get<double>();
    state.evidence_better = json.at("evidence_better").get<double>();
    std::lock_guard lock(mutex_);
    state_ = std::move(state);
  } catch (const nlohmann::json::exception& error) {
    return absl::DataLossError(absl::StrCat("the canary's pointer: ", error.what()));
  }
  return absl::OkStatus();
}

CanaryState Canary::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

absl::Status Canary::Point(const storage::BundleVersion& version, const std::string& settings,
                           const std::string& reason, absl::Time now) {
  return store_.SetPointer({.name = kPointer,
                            .version = version,
                            .settings = settings,
                            .reason = reason,
                            .changed_ms = absl::ToUnixMillis(now)});
}

absl::Status Canary::Start(const storage::BundleVersion& version, int percent,
                           const std::string& who, absl::Time now) {
  if (percent < 1 || percent > 50)
    return absl::InvalidArgumentError("a canary gets 1 to 50 per cent of new conversations");
  const std::shared_ptr<const Assistant> active = versions_.Active();
  if (active == nullptr) return absl::UnavailableError("no bundle is active yet");
  const auto challenger = versions_.For(version);
  if (!challenger.ok()) return challenger.status();
  if (active->version == version)
    return absl::FailedPreconditionError("the active version cannot be its own canary");
  std::lock_guard evaluating(evaluating_);
  CanaryState state{.state = "running", .champion = active->version, .challenger = version};
  state.percent = percent;
  state.since_ms = absl::ToUnixMillis(now);
  if (absl::Status kept = Point(version, SettingsOf(state), absl::StrCat("canary, ", who), now);
      !kept.ok())
    return kept;
  spdlog::info("canary=started version={} percent={}", version.value(), percent);
  std::lock_guard lock(mutex_);
  state_ = std::move(state);
  return absl::OkStatus();
}

absl::Status Canary::End(const std::string& how, const std::string& reason, absl::Time now) {
  CanaryState ended = state();
  ended.state = how;
  ended.reason = reason;
  if (absl::Status kept = Point(storage::BundleVersion(), SettingsOf(ended), reason, now);
      !kept.ok())
    return kept;
  spdlog::warn("canary={} version={} reason=\"{}\"", how, ended.challenger.value(), reason);
  std::lock_guard lock(mutex_);
  state_ = std::move(ended);
  return absl::OkStatus();
}

absl::Status Canary::Stop(const std::string& who, absl::Time now) {
  std::lock_guard evaluating(evaluating_);
  if (state().state != "running") return absl::OkStatus();
  return End("stopped", absl::StrCat("stopped by ", who), now);
}

std::shared_ptr<const Assistant> Canary::ChooseFor(const storage::ConversationId& id,
                                                   const std::string& customer) {
  const std::shared_ptr<const Assistant> active = versions_.Active();
  const CanaryState now = state();
  if (now.state != "running" || active == nullptr) return active;
  if (!InShare(customer.empty() ? id.value() : customer, now.challenger, now.percent))
    return active;
  const auto challenger = versions_.For(now.challenger);
  if (challenger.ok()) return *challenger;
  spdlog::error("canary=unusable version={} error=\"{}\" effect=\"the active version speaks\"",
                now.challenger.value(), std::string(challenger.status().message()));
  return active;
}

absl::Status Canary::Evaluate(absl::Time now) {
  std::lock_guard evaluating(evaluating_);
  CanaryState current = state();
  if (current.state != "running") return absl::OkStatus();
  const std::shared_ptr<const Assistant> active = versions_.Active();
  if (active != nullptr && !(active->version == current.champion))
    return End("stopped", "another version became active", now);
  OutcomeScope scope;
  scope.from_ms = current.since_ms;
  const auto reading = outcomes_.Read(scope);
  if (!reading.ok()) return reading.status();
  CanaryTrial trial(current.percent);
  // Each arm in order of beginning, up to its first conversation that is not settled: who
  // settles quickly must not count sooner.
  bool champion_waits = false, challenger_waits = false;
  for (const JudgedConversation& c : (*reading)->judged) {
    const bool challenger = c.facts->bundle_version == current.challenger.value();
    if (!challenger && c.facts->bundle_version != current.champion.value()) continue;
    bool& waits = challenger ? challenger_waits : champion_waits;
    if (!waits) waits = !Settled(*c.facts, now);
    if (waits || c.facts->turns == 0) continue;
    trial.Add(challenger ? Arm::kChallenger : Arm::kChampion,
              {.escalated = c.facts->escalated(),
               .negative = c.facts->score > 0 && c.facts->score <= 2});
  }
  current.champion_tally = trial.champion();
  current.challenger_tally = trial.challenger();
  current.evidence_worse = trial.evidence_worse();
  current.evidence_better = trial.evidence_better();
  {
    std::lock_guard lock(mutex_);
    state_ = current;
  }
  if (trial.verdict() == Verdict::kWorse)
    return End("rolled_back", absl::StrCat("rolled back by itself: ", Numbers(current)), now);
  if (trial.verdict() == Verdict::kBetter) {
    const std::string reason = absl::StrCat("promoted by itself: ", Numbers(current));
    // Active first: after a crash in between the trial stops because another version is active.
    const auto promoted = versions_.Activate(current.challenger, reason);
    if (!promoted.ok()) return promoted.status();
    return End("promoted", reason, now);
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::server
