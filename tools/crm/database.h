// A SQLite connection with statements that read like the query they run.
//
// One thread at a time (DemoCrm holds the lock).
// Invariant: the first failure sticks. After it every query has no rows and every
// Run changes nothing, until TakeStatus; so a handler reads straight down, and
// whoever called it asks once whether all of it held.
//
// Example:
//   Rows rows = db.Query("SELECT total FROM orders WHERE id = ?", order_id);
//   if (rows.Next()) total = rows.Integer("total");
//   db.Run("UPDATE variants SET stock = stock - 1 WHERE sku = ?", sku);
//   if (absl::Status status = db.TakeStatus(); !status.ok()) return Unavailable(status);
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace frontdesk::tools {

class Database;

// The rows of one query; the statement goes back to its connection at the end.
class Rows {
 public:
  Rows(Database& db, sqlite3_stmt* statement, std::vector<sqlite3_stmt*>* idle)
      : db_(db), statement_(statement), idle_(idle) {}
  Rows(Rows&& other) noexcept : db_(other.db_), statement_(other.statement_), idle_(other.idle_) {
    other.statement_ = nullptr;
  }
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  // Goes to the next row; false at the end and after a failure.
  bool Next();
  // Values of the current row. A column the query does not have is a failure.
  std::string Text(std::string_view column) const;  // NULL: ""
  int64_t Integer(std::string_view column) const;   // NULL: 0
  bool IsNull(std::string_view column) const;
  std::optional<std::string> OptionalText(std::string_view column) const;

 private:
  int Column(std::string_view name) const;  // -1: none
  Database& db_;
  sqlite3_stmt* statement_;  // nullptr after a failure
  std::vector<sqlite3_stmt*>* idle_;
};

class Database {
 public:
  // ":memory:" or a file, which is created when absent.
  // Errors: as SQLite's code maps (PERMISSION_DENIED, DATA_LOSS, …), naming the file.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Arguments: texts, integers, booleans, std::optional of these (absent: NULL).
  template <typename... Args>
  Rows Query(std::string_view sql, const Args&... args) {
    std::vector<sqlite3_stmt*>* idle = nullptr;
    sqlite3_stmt* statement = Prepare(sql, idle);
    int index = 0;
    (Bind(statement, ++index, args), ...);
    return Rows(*this, statement, idle);
  }
  // Runs a statement without rows; returns the number of rows changed.
  template <typename... Args>
  int Run(std::string_view sql, const Args&... args) {
    Query(sql, args...).Next();
    return status_.ok() ? sqlite3_changes(db_) : 0;
  }
  // Several statements without arguments.
  void Script(const std::string& sql);
  // A copy of the whole content, in memory.
  absl::StatusOr<std::unique_ptr<Database>> CopyToMemory();

  // Rolls back a transaction whose own rollback failed (a full disk, an interrupt);
  // nothing when there is none. For the beginning of every call.
  void EndStrayTransaction();

  // The first failure since the last call, or OK; clears it.
  absl::Status TakeStatus();
  void Fail(std::string_view doing);  // records SQLite's current error
  sqlite3* handle() { return db_; }

 private:
  explicit Database(sqlite3* db) : db_(db) {}
  sqlite3_stmt* Prepare(std::string_view sql, std::vector<sqlite3_stmt*>*& idle);
  void Bind(sqlite3_stmt* statement, int index, std::string_view value);
  void Bind(sqlite3_stmt* statement, int index, const std::string& value) {
    Bind(statement, index, std::string_view(value));
  }
  void Bind(sqlite3_stmt* statement, int index, const char* value) {
    Bind(statement, index, std::string_view(value));
  }
  void Bind(sqlite3_stmt* statement, int index, int64_t value);
  void Bind(sqlite3_stmt* statement, int index, int value) {
    Bind(statement, index, static_cast<int64_t>(value));
  }
  void Bind(sqlite3_stmt* statement, int index, bool value) {
    Bind(statement, index, static_cast<int64_t>(value));
  }
  void Bind(sqlite3_stmt* statement, int index, std::nullopt_t);
  template <typename T>
  void Bind(sqlite3_stmt* statement, int index, const std::optional<T>& value) {
    if (value) {
      Bind(statement, index, *value);
    } else {
      Bind(statement, index, std::nullopt);
    }
  }

  sqlite3* db_;
  absl::Status status_;
  std::map<std::string, std::vector<sqlite3_stmt*>, std::less<>> statements_;  // idle ones
};

// BEGIN IMMEDIATE … COMMIT; rolls back unless Commit succeeded.
class Transaction {
 public:
  explicit Transaction(Database& db) : db_(db) { db_.Script("BEGIN IMMEDIATE"); }
  ~Transaction();
  // Commits when nothing failed since the beginning, else returns that failure.
  absl::Status Commit();

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace frontdesk::tools
