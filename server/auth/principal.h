// Who calls: the answer of authentication, the question of authorisation.
#pragma once

#include <string>

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
  // Where the call came from, as gRPC names it ("ipv4:127.0.0.1:5000"), port cut off.
  std::string address;
};

}  // namespace frontdesk::server
