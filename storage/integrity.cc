#include "storage/integrity.h"

#include <string>

#include "storage/sqlite/migrations.h"
#include "storage/sqlite/store_file.h"
#include "storage/tables/conversation_table.h"
#include "storage/tables/data_keys.h"
#include "storage/tables/event_table.h"
#include "storage/tables/steps.h"

namespace frontdesk::storage {
namespace {

using sqlite::Connection;
using sqlite::Query;
using Severity = Finding::Severity;

constexpr char kRestore[] = "keep the file and restore a backup with `frontdesk restore`";

void AddFault(IntegrityReport& report, const absl::Status& status, const char* remedy) {
  if (status.ok()) return;
  report.findings.push_back({Severity::kFault, std::string(status.message()), remedy});
}

void Count(Connection& db, IntegrityReport& report) {
  const auto number = [&](const char* sql) {
    auto value = db.QueryInt(sql);
    AddFault(report, value.status(), kRestore);
    return value.ok() ? *value : 0;
  };
  report.conversations = number("SELECT count(*) FROM conversations");
  report.events = number("SELECT count(*) FROM events");
  report.bytes = number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  report.schema_version = static_cast<int>(number("PRAGMA user_version"));
}

void NoteOpenEffects(Connection& db, IntegrityReport& report) {
  auto unknown = db.QueryInt("SELECT count(*) FROM ledger WHERE state = 'unknown'");
  if (unknown.ok() && *unknown > 0) {
    report.findings.push_back(
        {Severity::kWarning,
         std::to_string(*unknown) + " effects have an unknown result and block their resources",
         "settle each with the business's system, then record its result"});
  }
}

void CheckReferences(Connection& db, IntegrityReport& report) {
  Query query(db, "PRAGMA foreign_key_check");
  if (query.Next()) {
    report.findings.push_back({Severity::kFault,
                               "rows of the table " + query.Text(0) + " in " + db.path() +
                                   " belong to conversations that are missing",
                               kRestore});
  }
  AddFault(report, query.status(), kRestore);
}

void CheckChain(Connection& db, const Keystore& keystore, const tables::StoreKeys& keys,
                int64_t position, IntegrityReport& report) {
  auto row = tables::LoadConversationAt(db, position);
  if (!row.ok()) return AddFault(report, row.status(), kRestore);
  const ConversationId& id = row->conversation.id;
  std::optional<tables::DataKey> key;
  if (!row->erased_ms.has_value()) {
    auto opened = tables::DataKeys(const_cast<Keystore&>(keystore)).Unwrap(id, row->key);
    if (opened.ok()) {
      key.emplace(*opened);
    } else if (!absl::IsNotFound(opened.status())) {
      AddFault(report, opened.status(), kRestore);
    }
  }
  auto chain = tables::VerifyEvents(db, key.has_value() ? &*key : nullptr, keys.head, *row);
  if (!chain.ok()) return AddFault(report, chain.status(), kRestore);
  if (chain->intact) return;
  report.findings.push_back({Severity::kFault,
                             "event " + std::to_string(chain->first_bad_sequence) +
                                 " of conversation " + id.value() + " in " + db.path() +
                                 " breaks the chain: " + chain->reason,
                             kRestore});
}

void CheckChains(Connection& db, const Keystore& keystore, IntegrityReport& report) {
  const tables::StoreKeys keys(keystore);
  Query query(db, "SELECT position FROM conversations ORDER BY position");
  while (query.Next()) CheckChain(db, keystore, keys, query.Int(0), report);
  AddFault(report, query.status(), kRestore);
}

}  // namespace

bool IntegrityReport::healthy() const {
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kFault) return false;
  }
  return true;
}

IntegrityReport InspectStore(Connection& db, const Keystore& keystore, bool deep) {
  IntegrityReport report;
  const absl::Status structure = sqlite::CheckStructure(db);
  AddFault(report, structure, kRestore);
  AddFault(report, keystore.Check(), "put back your copy of the keystore");
  Count(db, report);
  CheckReferences(db, report);
  NoteOpenEffects(db, report);
  if (deep) CheckChains(db, keystore, report);
  return report;
}

}  // namespace frontdesk::storage
