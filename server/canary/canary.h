// The canary of a server: which version a new conversation begins with, and what becomes of
// the version on trial.
//
// Thread-safe. Everything is kept in the store's pointer "canary" and in the logs: after a
// restart the trial stands where it stood. A conversation keeps the version it began with;
// a customer who is known gets the same version again while the trial runs.
//
//   Canary canary(store, versions, outcomes);
//   canary.Start(version, /*percent=*/10, "by ada");
//   auto speaks = canary.ChooseFor(conversation_id, customer);
//   canary.Evaluate(absl::Now());      // every few seconds: may roll back or promote
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/assistant/versions.h"
#include "server/canary/trial.h"
#include "server/insight/outcome_book.h"
#include "storage/store.h"

namespace frontdesk::server {

struct CanaryState {
  std::string state = "none";  // "none", "running", "rolled_back", "promoted", "stopped"
  storage::BundleVersion champion, challenger;
  int percent = 0;
  int64_t since_ms = 0;
  ArmTally champion_tally, challenger_tally;
  double evidence_worse = 1, evidence_better = 1;
  std::string reason;  // why it ended, in words
};

// When a conversation's outcome stands: it was escalated or rated badly, or it ended at least
// `settle` ago, or nobody wrote for that long.
constexpr absl::Duration kSettle = absl::Minutes(30);

class Canary {
 public:
  Canary(storage::Store& store, Versions& versions, OutcomeBook& outcomes);

  // Errors: NOT_FOUND (no such version), INVALID_ARGUMENT (percent out of 1..50),
  // FAILED_PRECONDITION (it is the active version).
  absl::Status Start(const storage::BundleVersion& version, int percent, const std::string& who,
                     absl::Time now);
  // Ends the trial without a verdict; nothing when none runs.
  absl::Status Stop(const std::string& who, absl::Time now);

  // Never nullptr once a version is active. A canary that does not load is stopped.
  std::shared_ptr<const Assistant> ChooseFor(const storage::ConversationId& id,
                                             const std::string& customer);

  // Reads the outcomes that settled and, when the evidence suffices, rolls back or promotes.
  absl::Status Evaluate(absl::Time now);

  CanaryState state() const;

 private:
  absl::Status Load();
  absl::Status Point(const storage::BundleVersion& version, const std::string& settings,
                     const std::string& reason, absl::Time now);
  absl::Status End(const std::string& state, const std::string& reason, absl::Time now);

  storage::Store& store_;
  Versions& versions_;
  OutcomeBook& outcomes_;
  std::mutex evaluating_;
  mutable std::mutex mutex_;
  CanaryState state_;  // guarded by mutex_
};

// The challenger's side of a customer or conversation, decided by a hash.
bool InShare(const std::string& key, const storage::BundleVersion& challenger, int percent);

}  // namespace frontdesk::server
