#include "storage/sqlite/reader_pool.h"

#include <algorithm>
#include <utility>

namespace frontdesk::storage::sqlite {

Reader::Reader(ReaderPool& pool, std::unique_ptr<Connection> db)
    : pool_(&pool), db_(std::move(db)) {}
Reader::Reader(Reader&& other) noexcept : pool_(other.pool_), db_(std::move(other.db_)) {}
Reader::~Reader() {
  if (db_ != nullptr) pool_->Return(std::move(db_));
}

ReaderPool::ReaderPool(std::string path, int limit, int busy_timeout_ms)
    : path_(std::move(path)), limit_(std::max(1, limit)), busy_timeout_ms_(busy_timeout_ms) {}

absl::StatusOr<Reader> ReaderPool::Borrow() {
  std::unique_ptr<Connection> db;
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty() || open_ < limit_; });
    if (!idle_.empty()) {
      db = std::move(idle_.back());
      idle_.pop_back();
    } else {
      ++open_;
    }
  }
  absl::Status status;
  if (db == nullptr) {
    auto opened = Connection::Open(path_, Connection::Mode::kReadOnly, busy_timeout_ms_);
    status = opened.status();
    if (status.ok()) db = *std::move(opened);
  }
  if (status.ok()) status = Query(*db, "BEGIN").Run();
  if (!status.ok()) {
    Return(nullptr);
    return status;
  }
  return Reader(*this, std::move(db));
}

void ReaderPool::CloseIdle() {
  std::lock_guard lock(mutex_);
  open_ -= static_cast<int>(idle_.size());
  idle_.clear();
}

// A null or failing connection is forgotten, so that the next borrower opens a fresh one.
void ReaderPool::Return(std::unique_ptr<Connection> db) {
  if (db != nullptr && db->in_transaction() && !Query(*db, "COMMIT").Run().ok()) db = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (db != nullptr) {
      idle_.push_back(std::move(db));
    } else {
      --open_;
    }
  }
  returned_.notify_one();
}

}  // namespace frontdesk::storage::sqlite
