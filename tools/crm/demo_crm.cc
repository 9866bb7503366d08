#include "tools/crm/demo_crm.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/digest.h"
#include "tools/crm/handlers/handlers.h"
#include "tools/crm/schema.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;
using Outcome = ToolResult::Outcome;

const NamedHandler* FindHandler(std::string_view tool) {
  static const std::map<std::string_view, NamedHandler> handlers = [] {
    std::map<std::string_view, NamedHandler> all;
    for (const auto& list :
         {OrderHandlers(), ReturnHandlers(), BillingHandlers(), ClubHandlers(), AccountHandlers(),
          ServiceHandlers(), ShopHandlers(), OfferHandlers(), PrivacyHandlers()}) {
      for (const NamedHandler& handler : list) all.emplace(handler.tool, handler);
    }
    return all;
  }();
  const auto found = handlers.find(tool);
  return found == handlers.end() ? nullptr : &found->second;
}

ToolResult Unavailable(const absl::Status& status) {
  return ToolResult::Failed(Outcome::kUnavailable,
                            absl::StrCat("the CRM failed: ", std::string(status.message())));
}

std::string TextOf(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string DigestOf(const json& arguments) {
  return storage::ToHex(storage::Sha256(TextOf(arguments)));
}

Scope ScopeOf(Database& db, const ToolCall& call) {
  return Scope{db, call.arguments, call.principal.customer_id, call.now, DayOf(call.now)};
}

absl::Status PrepareNew(Database& db) {
  db.Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  Transaction transaction(db);
  db.Script(std::string(CrmSchema()));
  db.Script(absl::StrCat("PRAGMA user_version = ", kCrmSchemaVersion));
  return transaction.Commit();
}

}  // namespace

DemoCrm::DemoCrm(std::unique_ptr<Database> db) : db_(std::move(db)) {}
DemoCrm::~DemoCrm() = default;

absl::StatusOr<std::unique_ptr<DemoCrm>> DemoCrm::Open(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return absl::NotFoundError(
        absl::StrCat("there is no CRM file ", path, "; generate the demo shop's data first"));
  }
  absl::StatusOr<std::unique_ptr<Database>> db = Database::Open(path);
  if (!db.ok()) return db.status();
  int64_t version = -1;
  {
    Rows rows = (*db)->Query("PRAGMA user_version");
    if (rows.Next()) version = rows.Integer("user_version");
  }
  if (absl::Status status = (*db)->TakeStatus(); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(path, ": ", std::string(status.message()),
                                                    "; delete the file and generate it again"));
  }
  if (version != kCrmSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is no CRM file of version ",
                                                      kCrmSchemaVersion, " but ", version,
                                                      "; delete it and generate it again"));
  }
  (*db)->Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  if (absl::Status status = (*db)->TakeStatus(); !status.ok()) return status;
  return std::unique_ptr<DemoCrm>(new DemoCrm(*std::move(db)));
}

absl::StatusOr<std::unique_ptr<DemoCrm>> DemoCrm::Create(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return absl::AlreadyExistsError(
        absl::StrCat(path, " exists; delete it or choose another name"));
  }
  absl::StatusOr<std::unique_ptr<Database>> db = Database::Open(path);
  if (!db.ok()) return db.status();
  if (absl::Status status = PrepareNew(**db); !status.ok()) return status;
  return std::unique_ptr<DemoCrm>(new DemoCrm(*std::move(db)));
}

absl::StatusOr<std::unique_ptr<DemoCrm>> DemoCrm::OpenInMemory() {
  absl::StatusOr<std::unique_ptr<Database>> db = Database::Open(":memory:");
  if (!db.ok()) return db.status();
  if (absl::Status status = PrepareNew(**db); !status.ok()) return status;
  return std::unique_ptr<DemoCrm>(new DemoCrm(*std::move(db)));
}

absl::StatusOr<std::unique_ptr<DemoCrm>> DemoCrm::Copy() {
  std::lock_guard lock(mutex_);
  db_->EndStrayTransaction();
  absl::StatusOr<std::unique_ptr<Database>> copy = db_->CopyToMemory();
  if (!copy.ok()) return copy.status();
  return std::unique_ptr<DemoCrm>(new DemoCrm(*std::move(copy)));
}

absl::Status DemoCrm::Execute(const std::string& sql) {
  std::lock_guard lock(mutex_);
  db_->EndStrayTransaction();
  Transaction transaction(*db_);
  db_->Script(sql);
  return transaction.Commit();
}

ToolResult DemoCrm::Call(const ToolCall& call, absl::Time deadline) {
  const NamedHandler* handler = FindHandler(call.tool);
  if (handler == nullptr) {
    return ToolResult::Rejected("unknown_tool",
                                absl::StrCat("the demo CRM has no tool ", call.tool));
  }
  const absl::Duration left =
      std::clamp(deadline - absl::Now(), absl::ZeroDuration(), absl::Hours(1));
  std::unique_lock lock(mutex_, absl::ToChronoNanoseconds(left));
  if (!lock.owns_lock() || absl::Now() >= deadline) {
    return ToolResult::Failed(Outcome::kUnavailable, "the CRM was busy until the deadline");
  }
  sqlite3_busy_timeout(db_->handle(), static_cast<int>(absl::ToInt64Milliseconds(left)));
  db_->EndStrayTransaction();
  return handler->write ? Write(call) : Read(call);
}

ToolResult DemoCrm::Read(const ToolCall& call) {
  Scope scope = ScopeOf(*db_, call);
  ToolResult result = FindHandler(call.tool)->handler(scope);
  if (absl::Status status = db_->TakeStatus(); !status.ok()) return Unavailable(status);
  return result;
}

ToolResult DemoCrm::Write(const ToolCall& call) {
  if (call.idempotency_key.empty()) {
    return ToolResult::Rejected("no_key", "a write needs an idempotency key");
  }
  Transaction transaction(*db_);
  const std::string digest = DigestOf(call.arguments);
  {
    Rows rows = db_->Query("SELECT * FROM done_writes WHERE key = ?", call.idempotency_key);
    if (rows.Next()) {
      const bool same = rows.Text("tool") == call.tool &&
                        rows.Text("customer_id") == call.principal.customer_id &&
                        rows.Text("arguments_sha256") == digest;
      if (!same) {
        return ToolResult::Rejected("key_reused", "the idempotency key belongs to another call");
      }
      json value = json::parse(rows.Text("result"), nullptr, /*allow_exceptions=*/false);
      if (!value.is_object()) return ToolResult::Failed(Outcome::kUnknown, "its result is damaged");
      return ToolResult::Ok(std::move(value));
    }
  }
  Scope scope = ScopeOf(*db_, call);
  ToolResult result = FindHandler(call.tool)->handler(scope);
  if (!result.ok()) {  // nothing is kept, the key may be used again
    absl::Status status = db_->TakeStatus();
    return status.ok() ? result : Unavailable(status);
  }
  db_->Run("INSERT INTO done_writes VALUES(?, ?, ?, ?, ?, ?)", call.idempotency_key, call.tool,
           call.principal.customer_id, digest, TextOf(result.value), ToTimeText(call.now));
  if (absl::Status status = db_->TakeStatus(); !status.ok()) return Unavailable(status);
  if (absl::Status status = transaction.Commit(); !status.ok()) {
    // The disk may have taken the commit before it failed: FindByKey tells.
    return ToolResult::Failed(Outcome::kUnknown, absl::StrCat("the CRM's commit failed: ",
                                                              std::string(status.message())));
  }
  // What an erasure wiped still stands in the write-ahead log until that is cut.
  if (call.tool == "privacy.erase_customer") {
    db_->Query("PRAGMA wal_checkpoint(TRUNCATE)").Next();
    (void)db_->TakeStatus();
  }
  return result;
}

absl::StatusOr<std::optional<ToolResult>> DemoCrm::FindByKey(std::string_view tool,
                                                             std::string_view key,
                                                             absl::Time deadline) {
  const absl::Duration left =
      std::clamp(deadline - absl::Now(), absl::ZeroDuration(), absl::Hours(1));
  std::unique_lock lock(mutex_, absl::ToChronoNanoseconds(left));
  if (!lock.owns_lock()) return absl::DeadlineExceededError("the CRM was busy until the deadline");
  db_->EndStrayTransaction();
  std::optional<ToolResult> found;
  {
    Rows rows = db_->Query("SELECT result FROM done_writes WHERE key = ? AND tool = ?", key, tool);
    if (rows.Next()) {
      json value = json::parse(rows.Text("result"), nullptr, /*allow_exceptions=*/false);
      if (!value.is_object()) return absl::DataLossError("the result of this key is damaged");
      found = ToolResult::Ok(std::move(value));
    }
  }
  if (absl::Status status = db_->TakeStatus(); !status.ok()) {
    return absl::UnavailableError(status.message());
  }
  return found;
}

}  // namespace frontdesk::tools
