#include "storage/sqlite/connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "storage/sqlite/sqlite_status.h"

namespace frontdesk::storage::sqlite {
namespace {

// SQLite would create the file for everybody to read; the WAL inherits the mode of the file.
absl::Status CreatePrivateFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return StatusFromErrno(errno, "opening", path);
  ::close(file);
  return absl::OkStatus();
}

}  // namespace

Connection::Connection(sqlite3* handle, std::string path)
    : handle_(handle), path_(std::move(path)) {}

Connection::~Connection() {
  for (auto& [sql, prepared] : prepared_) sqlite3_finalize(prepared.statement);
  sqlite3_close_v2(handle_);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& path, Mode mode,
                                                             int busy_timeout_ms) {
  if (mode == Mode::kCreate) {
    if (absl::Status status = CreatePrivateFile(path); !status.ok()) return status;
  } else if (::access(path.c_str(), mode == Mode::kReadOnly ? R_OK : R_OK | W_OK) != 0) {
    return StatusFromErrno(errno, "opening", path);
  }
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  if (handle == nullptr) return absl::ResourceExhaustedError("no memory to open " + path);
  std::unique_ptr<Connection> connection(new Connection(handle, path));
  sqlite3_extended_result_codes(handle, 1);
  if (code != SQLITE_OK) return connection->Failure(code, "opening");
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  return connection;
}

namespace {

// errno of the last failed call on the write-ahead log or the database file. SQLite's own
// sqlite3_system_errno reads errno later, when cleaning up has changed it.
int FileErrno(sqlite3* handle) {
  int system_errno = 0;
  sqlite3_file* log = nullptr;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
      log != nullptr && log->pMethods != nullptr) {
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &system_errno);
  }
  if (system_errno == 0) {
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &system_errno);
  }
  return system_errno;
}

}  // namespace

absl::Status Connection::Failure(int code, std::string_view doing) const {
  const std::string detail = sqlite3_errmsg(handle_);
  const int extended = sqlite3_extended_errcode(handle_);
  int system_errno = sqlite3_system_errno(handle_);
  if ((code & 0xff) == SQLITE_IOERR) {
    if (const int file_errno = FileErrno(handle_); file_errno != 0) system_errno = file_errno;
  }
  return StatusFromSqlite((extended & 0xff) == (code & 0xff) ? extended : code, system_errno, doing,
                          path_, detail);
}

absl::Status Connection::Execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Failure(code, "using");
}

absl::StatusOr<int64_t> Connection::QueryInt(const std::string& sql) {
  Query query(*this, sql);
  const int64_t value = query.Next() ? query.Int(0) : 0;
  if (!query.status().ok()) return query.status();
  return value;
}

int64_t Connection::changes() const { return sqlite3_changes64(handle_); }
int64_t Connection::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Query::Query(Connection& db, const std::string& sql) : db_(db) {
  Connection::Prepared& prepared = db_.prepared_[sql];
  if (prepared.statement != nullptr && !prepared.in_use) {
    cached_ = &prepared;
    statement_ = prepared.statement;
    prepared.in_use = true;
    return;
  }
  Note(sqlite3_prepare_v3(db_.handle_, sql.c_str(), static_cast<int>(sql.size()),
                          SQLITE_PREPARE_PERSISTENT, &statement_, nullptr),
       "reading");
  if (prepared.statement == nullptr && status_.ok()) {
    prepared = {statement_, true};
    cached_ = &prepared;
  }
}

Query::~Query() {
  if (cached_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  cached_->in_use = false;
}

void Query::Note(int code, std::string_view doing) {
  if (code != SQLITE_OK && status_.ok()) status_ = db_.Failure(code, doing);
}

void Query::BindOne(int index, std::string_view text) {
  if (!status_.ok()) return;
  // A null pointer would bind NULL; an empty view may hold one.
  const char* bytes = text.data() == nullptr ? "" : text.data();
  Note(sqlite3_bind_text64(statement_, index, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8),
       "binding a value for");
}

void Query::BindOne(int index, Blob blob) {
  if (!status_.ok()) return;
  const char* bytes = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  Note(sqlite3_bind_blob64(statement_, index, bytes, blob.bytes.size(), SQLITE_STATIC),
       "binding a value for");
}

void Query::BindInt(int index, int64_t value) {
  if (!status_.ok()) return;
  Note(sqlite3_bind_int64(statement_, index, value), "binding a value for");
}

void Query::BindNull(int index) {
  if (!status_.ok()) return;
  Note(sqlite3_bind_null(statement_, index), "binding a value for");
}

bool Query::Next() {
  if (!status_.ok()) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    // COMMIT counts as read-only for SQLite.
    const bool reads = sqlite3_stmt_readonly(statement_) && !db_.in_transaction();
    Note(code, reads ? "reading" : "using");
  }
  return false;
}

absl::Status Query::Run() {
  while (Next()) {
  }
  return status_;
}

int64_t Query::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::optional<int64_t> Query::OptionalInt(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Int(column);
}

std::string_view Query::BlobView(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), size);
}

std::string Query::Text(int column) const { return std::string(BlobView(column)); }

bool Query::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Digest Query::DigestAt(int column) {
  Digest digest{};
  const std::string_view bytes = BlobView(column);
  if (bytes.size() != digest.size()) {
    if (status_.ok()) {
      status_ =
          absl::DataLossError("a digest in " + db_.path() + " has " + std::to_string(bytes.size()) +
                              " bytes instead of 32; run `frontdesk doctor`");
    }
    return digest;
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace frontdesk::storage::sqlite
