// What administrators did, as a log of its own: settings, documents, versions, exports and
// erasures. Sealed and hash-chained like a conversation, so `frontdesk audit verify` covers it
// and AuditService.ListEvents reads it as conversations/system.audit.
//
// It outlives the persons it is about: a customer stands there as a keyed digest only, which
// PersonTag gives again while the keystore lives. Thread-safe.
//
//   log.Record({.user = "root", .role = "admin", .action = "KnowledgeService/DeleteDocument",
//               .subject = "returns/window.md"}, now);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/store.h"

namespace frontdesk::server {

inline constexpr char kAuditConversation[] = "system.audit";

struct AdminAct {
  std::string user, role;  // who; user "server" for the process itself
  std::string action;      // "PrivacyService/EraseCustomer", "server.started"
  std::string subject;     // of what: a document, a version, a person's tag
  std::string detail;      // without personal data
  int64_t now_ms = 0;      // filled in by Record
};

class AuditLog {
 public:
  explicit AuditLog(storage::Store& store) : store_(store) {}

  // Durable on return. Errors: the store's.
  absl::Status Record(AdminAct act, absl::Time now);
  // Everything recorded, oldest first.
  static absl::StatusOr<std::vector<AdminAct>> Read(const storage::Store& store);

  // "person:" and a digest of the customer's id under a key of this installation.
  static std::string PersonTag(const storage::Store& store, std::string_view customer);

 private:
  storage::Store& store_;
};

}  // namespace frontdesk::server
