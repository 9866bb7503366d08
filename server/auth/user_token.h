// Tokens of people and services: JWTs (RFC 7519) signed with HMAC-SHA256.
//
// The signing key is a file (mode 0600) that `frontdesk user add` creates beside
// the store; rotating it ends every token, on a running server too. Pinned to HS256;
// issuer, audience and expiry are always checked. Immutable after construction, thread-safe.
//
//   auto tokens = UserTokens::FromFile("data/user-tokens.key", /*create=*/true);
//   std::string token = *tokens->Issue("maya", CallerRole::kAgent, now, absl::Hours(12));
//   absl::StatusOr<Principal> who = tokens->Check(token, now);
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/auth/principal.h"

namespace frontdesk::server {

// "customer", "agent", "supervisor", "admin", "auditor", "service"; "nobody".
std::string_view Name(CallerRole role);
std::optional<CallerRole> ParseCallerRole(std::string_view name);

class UserTokens {
 public:
  explicit UserTokens(std::string secret) : secret_(std::move(secret)) {}

  // Reads the key. create: makes one (mode 0600) when there is none. Errors: those of
  // SecretInFile (server/auth/private_file.h).
  static absl::StatusOr<UserTokens> FromFile(const std::string& path, bool create);
  // Puts a new key in place of the old one, atomically; every token issued before is void.
  static absl::Status Rotate(const std::string& path);

  // role: not kNobody, not kCustomer. lifetime: 1 minute to 366 days.
  // Errors: INVALID_ARGUMENT.
  absl::StatusOr<std::string> Issue(std::string_view user, CallerRole role, absl::Time now,
                                    absl::Duration lifetime) const;

  // Errors: UNAUTHENTICATED (changed, expired, another algorithm, issuer or audience, a role
  // that has no user tokens).
  absl::StatusOr<Principal> Check(std::string_view token, absl::Time now) const;

 private:
  std::string secret_;
};

}  // namespace frontdesk::server
