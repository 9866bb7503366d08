// Who calls: the answer of authentication, the question of authorisation.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "storage/ids.h"

namespace frontdesk::server {

// In the order of the columns of docs/permissions.md.
enum class CallerRole { kNobody, kCustomer, kAgent, kSupervisor, kAdmin, kAuditor, kService };

struct Principal {
  CallerRole role = CallerRole::kNobody;
  // kCustomer: the conversation the token is good for. Others: empty.
  storage::ConversationId conversation;
  // The user's login for people, the name of the service for services.
  std::string user;
  // When the token was issued; the past for callers without one, so that disabling hits them.
  absl::Time issued = absl::InfinitePast();
  // Where the call came from, as gRPC names it ("ipv4:127.0.0.1"), without port; behind a
  // trusted proxy, the address that the proxy reports.
  std::string address;
};

}  // namespace frontdesk::server
