// The public keys of an identity provider, as OIDC providers publish them (RFC 7517, 7518).
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/auth/jwt.h"

namespace frontdesk::server {

// RSA keys of 2048 bits and more (RS256, or the RS… their "alg" names) and EC keys on P-256,
// P-384 and P-521 (ES256, ES384, ES512). Keys for encryption and of unknown types are left out;
// secrets ("oct") are refused, since the file is public.
// Errors: INVALID_ARGUMENT naming the key and what is wrong with it; no usable key at all.
absl::StatusOr<std::vector<TokenKey>> ReadJwks(std::string_view json);

}  // namespace frontdesk::server
