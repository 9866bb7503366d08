// The agents' queue as all consoles see it: kept once, told to each as changes.
//
// A commit says whether it wrote a row of the queue. If so, the board's own thread reads
// the rows, makes the entries of those that differ, offers them to agents who are free, and
// wakes the streams. So a change costs the same however many consoles watch, and a turn
// that no human has to do with costs nothing. Thread-safe.
//
//   QueueBoard board(store, presence, parts);
//   board.Watch(stream);                           // woken after each change
//   QueueBoard::Changes now = board.Since(0);      // everything
//   QueueBoard::Changes more = board.Since(now.number);
#pragma once

#include <frontdesk/v1/console.pb.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "server/delivery/commit_hub.h"
#include "server/presence.h"
#include "server/worker_pool.h"
#include "storage/store.h"

namespace frontdesk::server {

// What the board asks others. Borrowed closures; called on the board's threads.
struct QueueBoardParts {
  // How soon a human should answer at a priority.
  std::function<absl::Duration(int32_t priority)> answer_within;
  // What the conversation's customer has spent, in cents; 0 when it is not known. May be slow.
  std::function<int64_t(const storage::ConversationId&)> customer_value;
};

class QueueBoard {
 public:
  // How long an offer to one agent stands before the next is asked.
  static constexpr absl::Duration kOfferStands = absl::Seconds(30);

  QueueBoard(storage::Store& store, const Presence& presence, QueueBoardParts parts);
  ~QueueBoard();
  QueueBoard(const QueueBoard&) = delete;
  QueueBoard& operator=(const QueueBoard&) = delete;

  struct Changes {
    int64_t number = 0;  // to ask for the next changes
    std::vector<std::shared_ptr<const v1::QueueEntry>> entries;  // new or changed
    std::vector<std::string> removed;                            // conversation names
    bool whole = false;  // entries are all there are: the changes since were too many to keep
  };
  // What changed after `number`; 0: all entries. An entry that came and went is not in it.
  Changes Since(int64_t number) const;

  // Brings the board up to what is committed now, so that a new watcher's first listing lacks
  // nothing that was acknowledged before it asked. Cost: one read of the queue's rows.
  void CatchUp();

  // The listener is woken after every change until it is gone.
  void Watch(const std::shared_ptr<CommitListener>& listener);

  // Presence changed: offers are made anew. Cheap.
  void Reconsider();

 private:
  struct Place {
    std::shared_ptr<const v1::QueueEntry> entry;
    storage::QueueEntry row;
    int64_t changed = 0;
    std::string offered_to;
    absl::Time offered_at;
  };
  void Run();
  void WakeAll();
  // Reads the queue's rows and updates what differs. Returns whether anything changed.
  bool Refresh();  // one at a time: refreshing_
  bool OfferAll(absl::Time now);
  std::shared_ptr<v1::QueueEntry> Compose(const storage::QueueEntry& row) const;
  void LearnValue(const storage::ConversationId& id);

  storage::Store& store_;
  const Presence& presence_;
  const QueueBoardParts parts_;
  int64_t registration_ = 0;

  std::mutex refreshing_;  // taken before mutex_; the rows read last are the ones that stay
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Place> places_;       // by conversation name
  std::map<std::string, int64_t> gone_;       // name → number of its removal
  std::map<std::string, int64_t> values_;     // name → cents, learnt off the board's thread
  std::set<std::string> learnt_;              // names whose value has just come
  std::vector<std::weak_ptr<CommitListener>> listeners_;
  int64_t number_ = 0;
  int64_t forgotten_ = 0;  // removals up to this number are no longer in gone_
  bool rows_changed_ = false;  // a commit has written rows that are not read yet
  bool reconsider_ = true, stopping_ = false;
  WorkerPool values_pool_;
  std::thread thread_;
};

}  // namespace frontdesk::server
