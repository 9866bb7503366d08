// People who sign in at the business's own identity provider (OIDC): its tokens are taken as
// user tokens. Nothing is fetched; the provider's key set is a file that the operator puts
// there and replaces when keys rotate (no restart).
//
// Thread-safe.
//
//   auto provider = IdentityProvider::Open({.jwks_file = "jwks.json",
//       .issuer = "https://id.shop.example", .audience = "frontdesk"});
//   absl::StatusOr<Principal> who = (*provider)->Check(token, now);
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/auth/jwks.h"
#include "server/auth/principal.h"
#include "server/auth/watched_file.h"

namespace frontdesk::server {

struct IdentityProviderOptions {
  std::string jwks_file;  // what the provider's jwks_uri answers
  std::string issuer;     // "iss", whole
  std::string audience;   // in "aud"
  // Where the role stands: a member or a dotted path ("realm_access.roles"), a text or a list of
  // texts. One of our role names; of several, supervisor outranks agent and any other mix is
  // refused, so that nobody administers and audits with one token.
  std::string role_claim = "role";
  std::string user_claim = "sub";  // the login, 1 to 64 bytes
};

class IdentityProvider {
 public:
  // Errors: INVALID_ARGUMENT (empty issuer or audience), and those of the key set, with its path.
  static absl::StatusOr<std::unique_ptr<IdentityProvider>> Open(IdentityProviderOptions options);

  // Errors: UNAUTHENTICATED (one text for every reason but expiry).
  absl::StatusOr<Principal> Check(std::string_view token, absl::Time now) const;

 private:
  explicit IdentityProvider(IdentityProviderOptions options)
      : options_(std::move(options)), keys_(options_.jwks_file, ReadJwks) {}

  const IdentityProviderOptions options_;
  const WatchedFile<std::vector<TokenKey>> keys_;
};

// The role that a token's claims name. Errors: UNAUTHENTICATED (none of ours, or an unclear mix).
absl::StatusOr<CallerRole> RoleOf(const nlohmann::json& claims, std::string_view path);

}  // namespace frontdesk::server
