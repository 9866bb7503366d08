// The one thread that writes, and groups what waits into one COMMIT.
//
// Thread-safe. While one group is synced to disk the next one gathers, so grouping needs no timer.
// Each write runs in a savepoint of its own: one that fails is taken back alone. When the group's
// COMMIT fails, or SQLite rolled everything back by itself, each write of the group is tried once
// more in a transaction of its own, so that only the guilty fail. Invariants:
//   - done(OK) runs only after COMMIT with synchronous=FULL returned;
//   - done(error) runs only when nothing of that write is in the file;
//   - writes take effect, and their done runs, in the order they were submitted.
//
//   writer.Submit([](Transaction& t) { return Insert(t.db()); }, [](absl::Status) {});
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "storage/maintenance.h"
#include "storage/sqlite/connection.h"

namespace frontdesk::storage::sqlite {

// What a write sees. AfterCommit runs the function on the writer thread once the write is durable,
// before its done; functions of a write that failed never run.
class Transaction {
 public:
  explicit Transaction(Connection& db) : db_(db) {}
  Connection& db() { return db_; }
  void AfterCommit(std::function<void()> run) { after_commit_.push_back(std::move(run)); }

 private:
  friend class Writer;
  Connection& db_;
  std::vector<std::function<void()>> after_commit_;
};

class Writer {
 public:
  // Work may run twice (see above), so it must not consume what it captures.
  using Work = std::function<absl::Status(Transaction&)>;
  using Done = std::function<void(absl::Status)>;

  // before_commit: runs on the writer thread before each COMMIT; its error fails the group.
  // group_limit: writes per COMMIT. queue_limit: writes that may wait.
  Writer(std::unique_ptr<Connection> db, int group_limit, int queue_limit,
         std::function<absl::Status()> before_commit);
  ~Writer();

  // Finishes what is queued and ends the thread; afterwards nothing may be submitted. The
  // connection stays open until the Writer is destroyed.
  void Stop();

  // done runs exactly once; on this thread, at once, with RESOURCE_EXHAUSTED when the queue is
  // full.
  void Submit(Work work, Done done);
  // Submits and waits. FAILED_PRECONDITION on the writer thread itself.
  absl::Status Run(Work work);

  StoreCounters counters() const;

 private:
  struct Job {
    Work work;
    Done done;
    absl::Status status;
    std::vector<std::function<void()>> after_commit;
  };

  void Loop();
  void RunGroup(std::vector<Job>& group);
  bool TryGroup(std::vector<Job>& group);
  void RunAlone(Job& job);
  absl::Status RunInSavepoint(Job& job);
  absl::Status Commit();
  void Rollback();

  std::unique_ptr<Connection> db_;
  const size_t group_limit_;
  const size_t queue_limit_;
  const std::function<absl::Status()> before_commit_;

  mutable std::mutex mutex_;  // guards the fields below
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  StoreCounters counters_;

  std::thread thread_;  // last: starts when all else is ready
};

}  // namespace frontdesk::storage::sqlite
