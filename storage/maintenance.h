// Care of a store that is not serving: restore and doctor; and the reports of care in general.
//
//   frontdesk restore: RestoreStore(backup, options)   frontdesk doctor: DiagnoseStore(options)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/store_options.h"

namespace frontdesk::storage {

// What an erasure did.
struct EraseReceipt {
  int64_t conversations = 0;
  int64_t events = 0;
  int64_t vault_entries = 0;
  int64_t ledger_entries = 0;
  int64_t keys_destroyed = 0;
  bool log_wiped =
      false;  // the write-ahead log was truncated too; false: a long read was in the way
};

struct Finding {
  enum class Severity { kNote, kWarning, kFault };
  Severity severity = Severity::kNote;
  std::string what;    // one sentence that names the file, or the conversation and event
  std::string remedy;  // what to do; empty for notes
};

struct IntegrityReport {
  std::vector<Finding> findings;
  int64_t conversations = 0;
  int64_t events = 0;
  int64_t bytes = 0;
  int schema_version = 0;
  bool healthy() const;  // no kFault
};

// Since the store was opened.
struct StoreCounters {
  int64_t writes = 0;  // acknowledged
  int64_t commits = 0;
  int64_t failed = 0;  // refused or failed writes
  int64_t queued = 0;  // waiting now
};

// Looks at every part of a store without changing it, also when it cannot be opened at all: then
// the findings say why. Errors: NOT_FOUND (no such file).
absl::StatusOr<IntegrityReport> DiagnoseStore(const StoreOptions& options, bool deep);

// Replaces the store by a backup: the backup is checked, copied beside the store, synced, and then
// renamed over it, so that a crash leaves the old store or the new one. The old file is kept as
// "<path>.before-restore". Keys are not restored: persons erased since the backup stay erased.
//
// Errors: NOT_FOUND (no backup), DATA_LOSS (the backup is corrupt), FAILED_PRECONDITION (newer
// schema, another program's file, or written under another keystore), UNAVAILABLE (a server has the
// store open), RESOURCE_EXHAUSTED (disk full; the old store is untouched).
absl::Status RestoreStore(const std::string& backup, const StoreOptions& options);

}  // namespace frontdesk::storage
