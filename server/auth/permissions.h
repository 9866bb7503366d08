// Who may call what: the whole table, in one place (docs/permissions.md shows it).
//
// Pure and thread-safe. A method that is not in the table is refused to all, and
// a test walks every method of every service so that none is forgotten.
#pragma once

#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "server/auth/principal.h"

namespace frontdesk::server {

// One row: a method and the roles that may call it, as bits 1 << int(CallerRole).
struct Permission {
  std::string_view method;  // "ChatService/SendMessage"
  unsigned roles;
  bool audited = false;  // changes settings: each call goes into the audit log before it is done
};

std::span<const Permission> Permissions();

// Whether calls of the method go into the audit log (server/audit/audit_log.h).
bool IsAudited(std::string_view method);

// Errors: UNAUTHENTICATED (nobody, and the method is not open to nobody),
// PERMISSION_DENIED (the role may not).
absl::Status MayCall(const Principal& principal, std::string_view method);

}  // namespace frontdesk::server
