// Tells open streams that their conversation has new committed events.
//
// Thread-safe. Invariant: a commit after Add() tells the subscriber after that commit. The
// hub's own threads do it, never the store's writer, and not in the order of the commits: a
// subscriber that has everything before them can take the events as they come, any other reads
// the store until nothing is left.
//
//   CommitHub hub(store, 2);
//   hub.Add(id, reactor);            // weak: a reactor that is gone is forgotten
//   // then read what is committed already; what follows arrives as Committed()
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "server/worker_pool.h"
#include "storage/ids.h"
#include "storage/store.h"

namespace frontdesk::server {

// The events of one commit that a client may be shown; the rest of first..last only proves how a
// turn was decided (EventFeed).
struct CommittedEvents {
  int64_t first = 0, last = 0;
  std::vector<storage::StoredEvent> shown;
};

// What wants to know about commits. Called by several threads at once; must not block for long.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  // New events may be there.
  virtual void Wake() = 0;
  // These are.
  virtual void Committed(const std::shared_ptr<const CommittedEvents>& /*events*/) { Wake(); }
};

class CommitHub {
 public:
  CommitHub(storage::Store& store, int threads);
  ~CommitHub();
  CommitHub(const CommitHub&) = delete;
  CommitHub& operator=(const CommitHub&) = delete;

  void Add(const storage::ConversationId& conversation,
           const std::shared_ptr<CommitListener>& listener);
  void Remove(const storage::ConversationId& conversation, const CommitListener* listener);

  // Streams that listen now.
  size_t size() const;
  // Wakes no one any more; pending wakes are finished.
  void Stop();

 private:
  using Listeners = std::vector<std::weak_ptr<CommitListener>>;
  void OnCommit(const storage::Store::Committed& commit);

  storage::Store& store_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Listeners> by_conversation_;
  size_t count_ = 0;
  WorkerPool pool_;
  int64_t registration_;
};

}  // namespace frontdesk::server
