// Checking a signed token (JWT, RFC 7519) the strict way.
//
// The algorithm is pinned by the key, never taken from the token: a token is tried only with
// keys of exactly the algorithm its header names, so neither "none" nor an HMAC made with a
// public key passes. Issuer, audience and expiry must be there and fit. Pure, thread-safe.
//
//   std::vector<TokenKey> keys = {{"", "HS256", secret}};
//   auto claims = VerifyJwt(token, keys, {"frontdesk", "frontdesk"}, now);
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace frontdesk::server {

// A key that verifies. material: the secret for HS256, a PEM public key for RS… and ES….
struct TokenKey {
  std::string id;         // "kid"; empty: fits a token of any
  std::string algorithm;  // "HS256", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"
  std::string material;
};

struct ExpectedClaims {
  std::string issuer;
  std::string audience;  // one of the token's
};

// Allowed difference between our clock and the issuer's, for "nbf" and "iat".
inline constexpr absl::Duration kClockSkew = absl::Seconds(60);

// The claims of a good token. token: at most 8 KiB.
// Errors: UNAUTHENTICATED; the text tells an expired token from every other fault, no more.
absl::StatusOr<nlohmann::json> VerifyJwt(std::string_view token, std::span<const TokenKey> keys,
                                         const ExpectedClaims& expected, absl::Time now);

}  // namespace frontdesk::server
