// One SQLite connection, and queries on it.
//
// A Connection and its queries belong to one thread at a time. Statements are prepared once per
// text and kept. Errors stick to a query: loop while Next(), then look at status().
//
//   Query query(db, "SELECT id, epoch FROM conversations WHERE owner = ?1");
//   query.Bind("queue");
//   while (query.Next()) Use(query.Text(0), query.Int(1));
//   if (!query.status().ok()) return query.status();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/digest.h"

struct sqlite3;
struct sqlite3_stmt;

namespace frontdesk::storage::sqlite {

// A blob to bind; text binds as TEXT.
struct Blob {
  std::string_view bytes;
};
inline Blob AsBlob(const Digest& digest) { return {AsBytes(digest)}; }

class Connection {
 public:
  enum class Mode { kReadOnly, kReadWrite, kCreate };

  // Opens the file; with kCreate an absent file is created with mode 0600.
  // Errors: as sqlite_status.h; a file that is no database shows at the first query.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& path, Mode mode,
                                                          int busy_timeout_ms);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs statements that return nothing of interest, separated by semicolons.
  absl::Status Execute(const std::string& sql);
  // The first column of the first row; 0 when there is no row.
  absl::StatusOr<int64_t> QueryInt(const std::string& sql);

  // Rows changed by the last INSERT, UPDATE or DELETE, and the last row id.
  int64_t changes() const;
  int64_t last_row_id() const;
  // False also after SQLite rolled the transaction back by itself, as it does when the disk is
  // full.
  bool in_transaction() const;

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }
  // The Status of the last failed call.
  absl::Status Failure(int code, std::string_view doing) const;

 private:
  friend class Query;
  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
  };

  Connection(sqlite3* handle, std::string path);

  sqlite3* handle_;
  std::string path_;
  std::unordered_map<std::string, Prepared> prepared_;
};

class Query {
 public:
  Query(Connection& db, const std::string& sql);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Binds parameters ?1, ?2, … in order. Text and blobs must stay alive until the query is done.
  template <typename... Values>
  Query& Bind(const Values&... values) {
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }

  // Steps to the next row; false at the end and on error.
  bool Next();
  // For statements without rows.
  absl::Status Run();
  const absl::Status& status() const { return status_; }

  // Columns of the current row, from 0. Views are valid until the next step.
  int64_t Int(int column) const;
  std::optional<int64_t> OptionalInt(int column) const;
  std::string Text(int column) const;
  std::string_view BlobView(int column) const;
  bool IsNull(int column) const;
  // A 32-byte blob; one of another size fails the query with DATA_LOSS.
  Digest DigestAt(int column);

 private:
  template <typename Value>
  void BindOne(int index, const std::optional<Value>& value) {
    if (value.has_value()) {
      BindOne(index, *value);
    } else {
      BindNull(index);
    }
  }
  template <typename Integer>
  requires std::is_integral_v<Integer>
  void BindOne(int index, Integer value) { BindInt(index, static_cast<int64_t>(value)); }
  void BindOne(int index, std::string_view text);
  void BindOne(int index, const char* text) { BindOne(index, std::string_view(text)); }
  void BindOne(int index, const std::string& text) { BindOne(index, std::string_view(text)); }
  void BindOne(int index, Blob blob);
  void BindInt(int index, int64_t value);
  void BindNull(int index);
  void Note(int code, std::string_view doing);

  Connection& db_;
  Connection::Prepared* cached_ = nullptr;  // null when the statement is our own
  sqlite3_stmt* statement_ = nullptr;
  absl::Status status_;
};

}  // namespace frontdesk::storage::sqlite
