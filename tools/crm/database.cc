#include "tools/crm/database.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

absl::StatusCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  idle_->push_back(statement_);
}

bool Rows::Next() {
  if (statement_ == nullptr) return false;
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      db_.Fail("the CRM's query failed");
      return false;
  }
}

int Rows::Column(std::string_view name) const {
  const int count = statement_ == nullptr ? 0 : sqlite3_column_count(statement_);
  for (int i = 0; i < count; ++i) {
    if (name == sqlite3_column_name(statement_, i)) return i;
  }
  db_.Fail(absl::StrCat("the CRM's query has no column ", std::string(name)));
  return -1;
}

std::string Rows::Text(std::string_view column) const {
  const int index = Column(column);
  if (index < 0) return "";
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, index));
  if (text == nullptr) return "";
  return std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement_, index)));
}

int64_t Rows::Integer(std::string_view column) const {
  const int index = Column(column);
  return index < 0 ? 0 : sqlite3_column_int64(statement_, index);
}

bool Rows::IsNull(std::string_view column) const {
  const int index = Column(column);
  return index < 0 || sqlite3_column_type(statement_, index) == SQLITE_NULL;
}

std::optional<std::string> Rows::OptionalText(std::string_view column) const {
  if (IsNull(column)) return std::nullopt;
  return Text(column);
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(db));
  if (code != SQLITE_OK) {
    return absl::Status(CodeOf(code),
                        absl::StrCat("cannot open the CRM file ", path,
                                     "; check that its folder exists and may be written"));
  }
  sqlite3_busy_timeout(db, 2000);
  database->Script("PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;");
  if (absl::Status status = database->TakeStatus(); !status.ok()) return status;
  return database;
}

Database::~Database() {
  for (auto& [sql, idle] : statements_) {
    for (sqlite3_stmt* statement : idle) sqlite3_finalize(statement);
  }
  sqlite3_close(db_);
}

void Database::Fail(std::string_view doing) {
  if (!status_.ok()) return;
  const int code = sqlite3_errcode(db_);
  status_ = absl::Status(CodeOf(code == SQLITE_OK || code == SQLITE_ROW ? SQLITE_INTERNAL : code),
                         absl::StrCat(std::string(doing), ": ", sqlite3_errmsg(db_)));
}

absl::Status Database::TakeStatus() { return std::exchange(status_, absl::OkStatus()); }

sqlite3_stmt* Database::Prepare(std::string_view sql, std::vector<sqlite3_stmt*>*& idle) {
  if (!status_.ok()) return nullptr;
  auto known = statements_.find(sql);
  if (known == statements_.end()) known = statements_.try_emplace(std::string(sql)).first;
  idle = &known->second;
  if (!idle->empty()) {
    sqlite3_stmt* statement = idle->back();
    idle->pop_back();
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK) {
    Fail("the CRM's query is wrong");
  }
  return statement;
}

void Database::Bind(sqlite3_stmt* statement, int index, std::string_view value) {
  if (statement == nullptr) return;
  if (sqlite3_bind_text(statement, index, value.data(), static_cast<int>(value.size()),
                        SQLITE_TRANSIENT) != SQLITE_OK) {
    Fail("binding a text");
  }
}

void Database::Bind(sqlite3_stmt* statement, int index, int64_t value) {
  if (statement == nullptr) return;
  if (sqlite3_bind_int64(statement, index, value) != SQLITE_OK) Fail("binding a number");
}

void Database::Bind(sqlite3_stmt* statement, int index, std::nullopt_t) {
  if (statement == nullptr) return;
  if (sqlite3_bind_null(statement, index) != SQLITE_OK) Fail("binding NULL");
}

void Database::Script(const std::string& sql) {
  if (!status_.ok()) return;
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    Fail("the CRM's script failed");
  }
}

absl::StatusOr<std::unique_ptr<Database>> Database::CopyToMemory() {
  absl::StatusOr<std::unique_ptr<Database>> copy = Open(":memory:");
  if (!copy.ok()) return copy;
  sqlite3_backup* backup = sqlite3_backup_init((*copy)->db_, "main", db_, "main");
  if (backup == nullptr) return absl::InternalError(sqlite3_errmsg((*copy)->db_));
  const int code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) {
    return absl::Status(CodeOf(code), absl::StrCat("copying the CRM: ", sqlite3_errstr(code)));
  }
  return copy;
}

void Database::EndStrayTransaction() {
  if (sqlite3_get_autocommit(db_) == 0) {
    sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Transaction::~Transaction() {
  if (open_) db_.EndStrayTransaction();
}

absl::Status Transaction::Commit() {
  db_.Script("COMMIT");
  absl::Status status = db_.TakeStatus();
  if (status.ok()) open_ = false;
  return status;
}

}  // namespace frontdesk::tools
