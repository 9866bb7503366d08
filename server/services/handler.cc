#include "server/services/handler.h"

#include "server/auth/user_token.h"

namespace frontdesk::server {

absl::Status RecordAdminCall(RpcParts& parts, const Principal& caller, std::string_view method,
                             const google::protobuf::Message* request) {
  if (!IsAudited(method)) return absl::OkStatus();
  return parts.audit.Record({.user = caller.user,
                             .role = std::string(Name(caller.role)),
                             .action = std::string(method),
                             .subject = request == nullptr ? "" : parts.subject(*request)},
                            absl::Now());
}

}  // namespace frontdesk::server
