// The demo shop's CRM as an adapter: one SQLite file of its own with customers,
// orders and all around them (docs/demo_crm.md).
//
// Thread-safe; calls take turns on one connection.
// Invariants: a write and the memory of its idempotency key are one transaction,
// so a crash leaves both or none; what a handler rejects changes nothing; every
// answer is a function of the file, the call and `call.now`; a call reaches the
// things of `call.principal.customer_id` only.
//
// Example:
//   auto crm = DemoCrm::Open("crm.db");
//   registry.Bind("crm", *std::move(crm));
//
// Transcripts: `base = DemoCrm::OpenInMemory(); GenerateDemoCrm(**base, options);` once,
// then `(*base)->Copy()` for each, with `Execute(fixture)` on top.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/adapter.h"
#include "tools/crm/database.h"

namespace frontdesk::tools {

class DemoCrm : public Adapter {
 public:
  // An existing CRM file (made by GenerateDemoCrm).
  // Errors: NOT_FOUND, FAILED_PRECONDITION (no CRM file, or of another version),
  // DATA_LOSS (damaged), PERMISSION_DENIED; each names the file and the remedy.
  static absl::StatusOr<std::unique_ptr<DemoCrm>> Open(const std::string& path);
  // A new file with empty tables. Errors: ALREADY_EXISTS, PERMISSION_DENIED.
  static absl::StatusOr<std::unique_ptr<DemoCrm>> Create(const std::string& path);
  // Empty tables in memory.
  static absl::StatusOr<std::unique_ptr<DemoCrm>> OpenInMemory();
  ~DemoCrm() override;

  // A copy in memory with the same content; a few milliseconds for the whole demo shop.
  absl::StatusOr<std::unique_ptr<DemoCrm>> Copy();
  // Runs SQL statements in one transaction: a fixture. Errors: INVALID_ARGUMENT
  // (wrong SQL or a broken constraint; nothing was changed).
  absl::Status Execute(const std::string& sql);

  ToolResult Call(const ToolCall& call, absl::Time deadline) override;
  absl::StatusOr<std::optional<ToolResult>> FindByKey(std::string_view tool, std::string_view key,
                                                      absl::Time deadline) override;

  // The connection, for the generator; hold nothing else of this object meanwhile.
  Database& database() { return *db_; }

 private:
  explicit DemoCrm(std::unique_ptr<Database> db);
  ToolResult Read(const ToolCall& call);
  ToolResult Write(const ToolCall& call);

  std::timed_mutex mutex_;
  std::unique_ptr<Database> db_;  // guarded by mutex_
};

}  // namespace frontdesk::tools
