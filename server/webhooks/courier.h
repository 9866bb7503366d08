// Delivers notices to webhooks: each at least once, in the order of each conversation.
//
// One thread an endpoint. What was delivered is kept in a file of the data folder, so that a
// restart goes on where it stood; a crash between delivery and note sends a notice again with
// the same id. A failure is tried again after a pause that doubles; a notice that fails for
// too long is dropped with an error in the log. Thread-safe.
//
//   Courier courier(store, config, "data/webhooks");
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "server/webhooks/config.h"
#include "storage/store.h"

namespace frontdesk::server {

// How far one endpoint has been told: every conversation up to a position of the store is
// done, besides those named, which are done up to a sequence.
struct DeliveryCursor {
  int64_t done_until = 0;
  std::map<int64_t, int64_t> open;  // position → last sequence delivered or passed over

  // Errors: DATA_LOSS (not written by Save). A file that is not there is the beginning.
  static absl::StatusOr<DeliveryCursor> Load(const std::string& path);
  absl::Status Save(const std::string& path) const;
};

class Courier {
 public:
  // folder: of the cursors; made when missing. store is borrowed.
  Courier(storage::Store& store, WebhookConfig config, std::string folder);
  ~Courier();

  struct Counts {
    int64_t delivered = 0, failed = 0, dropped = 0;
  };
  Counts counts() const;

 private:
  void Work(const WebhookEndpoint& endpoint);
  // One pass over what is not delivered; false: a notice failed, wait before the next pass.
  bool Deliver(const WebhookEndpoint& endpoint, DeliveryCursor& cursor, absl::Time& failing_since);
  bool Pause(absl::Duration pause);  // false: stopping

  storage::Store& store_;
  const WebhookConfig config_;
  const std::string folder_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  int64_t commits_ = 0;
  Counts counts_;
  int64_t listener_ = 0;
  std::vector<std::thread> threads_;
};

// Sets an endpoint's cursor back, so that conversations that began at or after from_ms are told
// again; for `frontdesk webhooks replay`, while no server runs on the store.
absl::StatusOr<int64_t> SetCursorBack(const storage::Store& store, const std::string& folder,
                                      const std::string& endpoint, int64_t from_ms);

}  // namespace frontdesk::server
