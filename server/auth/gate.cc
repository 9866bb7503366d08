#include "server/auth/gate.h"

#include <grpcpp/security/auth_context.h>
#include <grpc/grpc_security_constants.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/auth/client_address.h"
#include "server/auth/permissions.h"
#include "server/grpc_status.h"

namespace frontdesk::server {
namespace {

constexpr std::string_view kConversations = "conversations/";
constexpr std::string_view kSystemLogs = "system.";  // how ids of the server's own logs begin

std::optional<std::string> Metadata(const grpc::CallbackServerContext& context, const char* name) {
  const auto it = context.client_metadata().find(name);
  if (it == context.client_metadata().end()) return std::nullopt;
  return std::string(it->second.data(), it->second.size());
}

// The name in a client certificate that the TLS handshake verified; the subject's common name.
std::optional<std::string> CertificateName(const grpc::CallbackServerContext& context) {
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return std::nullopt;
  const auto names = auth->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME);
  if (names.empty()) return std::nullopt;
  return std::string(names.front().data(), names.front().size());
}

}  // namespace

Gate::Gate(CallersOptions callers, std::function<bool(std::string_view)> origin_allowed,
           RateLimit limit, Metrics& metrics)
    : callers_(std::move(callers)),
      origin_allowed_(std::move(origin_allowed)),
      limiter_(limit),
      metrics_(metrics) {}

absl::StatusOr<Principal> Gate::Admit(const grpc::CallbackServerContext& context,
                                      std::string_view method) {
  const absl::Time now = absl::Now();
  absl::StatusOr<Principal> caller =
      callers_.Identify({.peer = ClientPeer(context),
                         .authorization = Metadata(context, "authorization"),
                         .forwarded_for = Metadata(context, "x-forwarded-for"),
                         .certificate = CertificateName(context)},
                        now);
  if (!caller.ok()) return caller.status();
  if (absl::Status may = MayCall(*caller, method); !may.ok()) return may;
  if (const auto origin = Metadata(context, "origin"); origin && !origin_allowed_(*origin)) {
    metrics_.CountRefused("origin");
    return absl::PermissionDeniedError(
        "pages of this origin may not call; list it under widget.origins in assistant.yaml");
  }
  // One bucket for each conversation and each user; those without a token share their address.
  const std::string bucket = caller->role == CallerRole::kCustomer ? caller->conversation.value()
                             : caller->role == CallerRole::kNobody ? caller->address
                                                                   : "user:" + caller->user;
  if (const absl::Duration wait = limiter_.Take(bucket, now); wait > absl::ZeroDuration()) {
    metrics_.CountRefused("rate");
    return Overloaded("too many calls from one client; slow down", wait);
  }
  return caller;
}

absl::StatusOr<storage::ConversationId> Gate::OwnConversation(const Principal& caller,
                                                              std::string_view name) {
  absl::StatusOr<storage::ConversationId> id = ParseConversationName(name, "conversation");
  if (!id.ok()) return id.status();
  if (!(*id == caller.conversation)) {
    return absl::PermissionDeniedError("the token is for another conversation");
  }
  return id;
}

absl::StatusOr<storage::ConversationId> ParseConversationName(std::string_view name,
                                                              std::string_view field) {
  if (name.substr(0, kConversations.size()) != kConversations ||
      name.size() == kConversations.size() || name.size() > 200) {
    return InvalidField(field, "must read conversations/{id}, as CreateConversation returns it");
  }
  // The server's own logs are nobody's conversation: AuditService alone reads them.
  if (name.substr(kConversations.size(), kSystemLogs.size()) == kSystemLogs) {
    return absl::NotFoundError("there is no such conversation");
  }
  return storage::ConversationId(std::string(name.substr(kConversations.size())));
}

std::string ConversationName(const storage::ConversationId& id) {
  return std::string(kConversations) + id.value();
}

}  // namespace frontdesk::server
