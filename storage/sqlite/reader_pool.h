// A few read-only connections, lent one at a time.
//
// Thread-safe. A Reader is a loan that also holds one snapshot: all its queries see the same
// commit. It returns the connection when it is destroyed; hold it briefly, for a long snapshot
// keeps the write-ahead log from shrinking.
//
//   absl::StatusOr<Reader> reader = pool.Borrow();
//   Query query(reader->db(), "SELECT …");
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/sqlite/connection.h"

namespace frontdesk::storage::sqlite {

class ReaderPool;

class Reader {
 public:
  Reader(Reader&& other) noexcept;
  Reader& operator=(Reader&&) = delete;
  ~Reader();
  Connection& db() const { return *db_; }

 private:
  friend class ReaderPool;
  Reader(ReaderPool& pool, std::unique_ptr<Connection> db);
  ReaderPool* pool_;
  std::unique_ptr<Connection> db_;
};

class ReaderPool {
 public:
  // limit: connections open at once; more borrowers wait.
  ReaderPool(std::string path, int limit, int busy_timeout_ms);

  absl::StatusOr<Reader> Borrow();

  // Closes the connections that are not lent.
  void CloseIdle();

 private:
  friend class Reader;
  void Return(std::unique_ptr<Connection> db);

  const std::string path_;
  const int limit_;
  const int busy_timeout_ms_;
  std::mutex mutex_;  // guards the fields below
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int open_ = 0;
};

}  // namespace frontdesk::storage::sqlite
