#include "storage/sqlite/writer.h"

#include <algorithm>
#include <future>
#include <utility>

namespace frontdesk::storage::sqlite {

Writer::Writer(std::unique_ptr<Connection> db, int group_limit, int queue_limit,
               std::function<absl::Status()> before_commit)
    : db_(std::move(db)),
      group_limit_(static_cast<size_t>(std::max(1, group_limit))),
      queue_limit_(static_cast<size_t>(std::max(1, queue_limit))),
      before_commit_(std::move(before_commit)),
      thread_([this] { Loop(); }) {}

Writer::~Writer() { Stop(); }

void Writer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Writer::Submit(Work work, Done done) {
  {
    std::lock_guard lock(mutex_);
    if (queue_.size() < queue_limit_) {
      queue_.push_back({std::move(work), std::move(done), absl::OkStatus(), {}});
      done = nullptr;
    } else {
      ++counters_.failed;
    }
  }
  if (done == nullptr) {
    wake_.notify_one();
  } else {
    done(absl::ResourceExhaustedError(
        "the write queue of " + db_->path() + " is full (" + std::to_string(queue_limit_) +
        " writes wait); try again shortly, and if it lasts look at the disk's speed"));
  }
}

absl::Status Writer::Run(Work work) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    return absl::FailedPreconditionError(
        "a blocking write was called on the writer thread, where it would wait for itself; use "
        "AppendAsync or another thread");
  }
  std::promise<absl::Status> promise;
  Submit(std::move(work),
         [&promise](absl::Status status) { promise.set_value(std::move(status)); });
  return promise.get_future().get();
}

StoreCounters Writer::counters() const {
  std::lock_guard lock(mutex_);
  StoreCounters counters = counters_;
  counters.queued = static_cast<int64_t>(queue_.size());
  return counters;
}

void Writer::Loop() {
  std::vector<Job> group;
  while (true) {
    group.clear();
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const size_t count = std::min(queue_.size(), group_limit_);
      for (size_t i = 0; i < count; ++i) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    RunGroup(group);
  }
}

void Writer::RunGroup(std::vector<Job>& group) {
  int64_t commits = 1;
  if (!TryGroup(group)) {
    for (Job& job : group) RunAlone(job);
    commits = static_cast<int64_t>(group.size());
  }
  const int64_t good =
      std::count_if(group.begin(), group.end(), [](const Job& job) { return job.status.ok(); });
  {
    std::lock_guard lock(mutex_);
    counters_.writes += good;
    counters_.failed += static_cast<int64_t>(group.size()) - good;
    counters_.commits += commits;
  }
  for (Job& job : group) {
    if (job.status.ok()) {
      for (auto& run : job.after_commit) run();
    }
    // Moved, so that the waiting thread is the only owner of the text from here on.
    job.done(std::move(job.status));
  }
}

// False when the group as a whole failed and each write has to be tried alone.
bool Writer::TryGroup(std::vector<Job>& group) {
  if (group.size() == 1) {
    RunAlone(group.front());
    return true;
  }
  if (!Query(*db_, "BEGIN IMMEDIATE").Run().ok()) return false;
  for (Job& job : group) {
    job.status = RunInSavepoint(job);
    if (!db_->in_transaction()) return false;
  }
  return Commit().ok();
}

absl::Status Writer::RunInSavepoint(Job& job) {
  absl::Status status = Query(*db_, "SAVEPOINT one").Run();
  if (!status.ok()) return status;
  Transaction transaction(*db_);
  status = job.work(transaction);
  if (!db_->in_transaction()) return status;
  if (status.ok()) {
    job.after_commit = std::move(transaction.after_commit_);
    return Query(*db_, "RELEASE one").Run();
  }
  absl::Status undone = Query(*db_, "ROLLBACK TO one").Run();
  if (undone.ok()) undone = Query(*db_, "RELEASE one").Run();
  // A savepoint that cannot be taken back must not be committed with the group.
  if (!undone.ok()) Rollback();
  return status;
}

void Writer::RunAlone(Job& job) {
  job.after_commit.clear();
  job.status = Query(*db_, "BEGIN IMMEDIATE").Run();
  if (!job.status.ok()) return;
  Transaction transaction(*db_);
  job.status = job.work(transaction);
  if (job.status.ok()) job.status = Commit();
  if (job.status.ok()) {
    job.after_commit = std::move(transaction.after_commit_);
  } else {
    Rollback();
  }
}

absl::Status Writer::Commit() {
  absl::Status status = before_commit_ ? before_commit_() : absl::OkStatus();
  if (status.ok()) status = Query(*db_, "COMMIT").Run();
  if (!status.ok()) Rollback();
  return status;
}

void Writer::Rollback() {
  if (db_->in_transaction()) db_->Execute("ROLLBACK").IgnoreError();
}

}  // namespace frontdesk::storage::sqlite
