#include "server/auth/gate.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/auth/client_address.h"
#include "server/auth/permissions.h"
#include "server/grpc_status.h"

namespace frontdesk::server {
namespace {

constexpr absl::string_view kBearer = "Bearer ";
constexpr absl::string_view kUserTokenStart = "ey";  // base64url of '{"': a JWT
constexpr std::string_view kConversations = "conversations/";
constexpr size_t kMaxTokenBytes = 4096;

}  // namespace

Gate::Gate(ConversationTokens conversations, UserTokens users, RateLimit limit, Metrics& metrics)
    : conversations_(std::move(conversations)),
      users_(std::move(users)),
      limiter_(limit),
      metrics_(metrics) {}

absl::StatusOr<Principal> Gate::Authenticate(const grpc::CallbackServerContext& context,
                                             absl::Time now) const {
  Principal nobody;
  nobody.address = ClientAddress(context);
  const auto& metadata = context.client_metadata();
  const auto it = metadata.find("authorization");
  if (it == metadata.end()) return nobody;
  const absl::string_view header(it->second.data(), it->second.size());
  if (!absl::StartsWithIgnoreCase(header, kBearer) || header.size() > kMaxTokenBytes) {
    return absl::UnauthenticatedError("the authorization metadata must read \"Bearer TOKEN\"");
  }
  const absl::string_view token = header.substr(kBearer.size());
  if (absl::StartsWith(token, kUserTokenStart)) {
    absl::StatusOr<Principal> user =
        users_.Check(std::string_view(token.data(), token.size()), now);
    if (user.ok()) user->address = nobody.address;
    return user;
  }
  absl::StatusOr<storage::ConversationId> conversation =
      conversations_.Check(std::string_view(token.data(), token.size()), now);
  if (!conversation.ok()) return conversation.status();
  Principal customer = nobody;
  customer.role = CallerRole::kCustomer;
  customer.conversation = *conversation;
  return customer;
}

absl::StatusOr<Principal> Gate::Admit(const grpc::CallbackServerContext& context,
                                      std::string_view method) {
  const absl::Time now = absl::Now();
  absl::StatusOr<Principal> caller = Authenticate(context, now);
  if (!caller.ok()) return caller.status();
  if (absl::Status may = MayCall(*caller, method); !may.ok()) return may;
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
  return storage::ConversationId(std::string(name.substr(kConversations.size())));
}

std::string ConversationName(const storage::ConversationId& id) {
  return std::string(kConversations) + id.value();
}

}  // namespace frontdesk::server
