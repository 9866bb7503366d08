// Tells open streams that their conversation has new committed events.
//
// Thread-safe. Invariant: a commit after Add() wakes the subscriber at least once
// after that commit; wakes may be merged, so a subscriber reads until nothing is
// left. Wakes run on the hub's own threads, never on the store's writer.
//
//   CommitHub hub(store, 2);
//   hub.Add(id, reactor);            // weak: a reactor that is gone is forgotten
//   // then read what is committed already; what follows arrives as Wake()
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

// What wants to know about commits.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  // New events may be there. Called by several threads at once; must not block for long.
  virtual void Wake() = 0;
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
  void OnCommit(const storage::ConversationId& conversation);

  storage::Store& store_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Listeners> by_conversation_;
  size_t count_ = 0;
  WorkerPool pool_;
  int64_t registration_;
};

}  // namespace frontdesk::server
