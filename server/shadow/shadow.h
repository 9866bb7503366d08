// A version in the shadow: it sees every turn after it happened, says nothing to anyone, and
// touches nothing; what it would have done otherwise is kept as a report.
//
// A finished turn runs again on the shadow's version with its effects answered from the
// record (dialog/replay): tools are never called, the model is not asked. One background
// thread; when it falls behind, turns are skipped and counted, never waited for.
// Thread-safe. The choice is kept in the store's pointer "shadow"; the report begins anew with
// the process.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/assistant/versions.h"
#include "server/replay/rows.h"
#include "storage/store.h"

namespace frontdesk::server {

struct ShadowReport {
  storage::BundleVersion version;  // empty: none
  absl::Time since;
  int64_t turns = 0, changed = 0, skipped = 0;
  ReplayResult result;  // the newest changed conversations, for the rows' examples
  std::vector<DiffRow> rows;
};

class Shadow {
 public:
  // knowledge: the live documents. All borrowed.
  Shadow(storage::Store& store, Versions& versions, const retrieval::KnowledgeBase& knowledge,
         const Models& models);
  ~Shadow();

  // Errors: NOT_FOUND (no such version), FAILED_PRECONDITION (it is the active one).
  absl::Status Start(const storage::BundleVersion& version, const std::string& who);
  absl::Status Stop(const std::string& who);

  // A turn was committed; cheap.
  void Saw(const storage::ConversationId& id, int64_t turn);
  // Waits until every turn seen so far is compared; for tests and the end of a report.
  void Settle();

  ShadowReport report();

 private:
  struct Seen {
    storage::ConversationId id;
    int64_t turn = 0;
  };
  void Work();
  void Compare(const Seen& seen, const ReplayStage& stage);

  storage::Store& store_;
  Versions& versions_;
  const std::shared_ptr<const retrieval::KnowledgeBase> knowledge_;
  const Models& models_;
  RecordingReader reader_;

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::deque<Seen> queue_;
  bool busy_ = false, stopping_ = false;
  std::shared_ptr<const ReplayStage> stage_;
  ShadowReport report_;
  std::string only_change_;  // the one file in which the shadow differs; empty: several
  std::thread thread_;
};

}  // namespace frontdesk::server
