// The door of every RPC: who calls, may they, and not too often.
//
// Thread-safe. Each handler begins with Admit; what comes back is trusted from
// then on. Nothing of the request is looked at before.
//
//   absl::StatusOr<Principal> caller = gate.Admit(*context, "ChatService/SendMessage");
//   if (!caller.ok()) return reactor->Finish(FromAbsl(caller.status(), ...));
#pragma once

#include <grpcpp/server_context.h>

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/auth/callers.h"
#include "server/auth/principal.h"
#include "server/metrics.h"
#include "server/rate_limiter.h"

namespace frontdesk::server {

class Gate {
 public:
  // origin_allowed: asked for calls that come from a browser's page.
  Gate(CallersOptions callers, std::function<bool(std::string_view origin)> origin_allowed,
       RateLimit limit, Metrics& metrics);

  // method: "Service/Method" of auth/permissions.h.
  // Errors: UNAUTHENTICATED, PERMISSION_DENIED (role, or a page that is not listed),
  // RESOURCE_EXHAUSTED with a retry delay.
  absl::StatusOr<Principal> Admit(const grpc::CallbackServerContext& context,
                                  std::string_view method);

  // The conversation a customer's request names, if it is the token's own.
  // name: "conversations/{id}". Errors: INVALID_ARGUMENT (form), PERMISSION_DENIED (another's).
  static absl::StatusOr<storage::ConversationId> OwnConversation(const Principal& caller,
                                                                 std::string_view name);

  const ConversationTokens& conversation_tokens() const { return callers_.conversation_tokens(); }
  const Callers& callers() const { return callers_; }

 private:
  const Callers callers_;
  const std::function<bool(std::string_view)> origin_allowed_;
  RateLimiter limiter_;
  Metrics& metrics_;
};

// "conversations/{id}" → id. field: name for the error. Errors: INVALID_ARGUMENT.
absl::StatusOr<storage::ConversationId> ParseConversationName(std::string_view name,
                                                              std::string_view field);
std::string ConversationName(const storage::ConversationId& id);

}  // namespace frontdesk::server
