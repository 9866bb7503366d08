#include "server/auth/user_token.h"

#include <jwt.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "server/auth/jwt.h"
#include "server/auth/private_file.h"
#include "storage/files/replace_file.h"

namespace frontdesk::server {
namespace {

constexpr char kIssuer[] = "frontdesk";
constexpr char kAudience[] = "frontdesk";

constexpr std::array<std::pair<CallerRole, std::string_view>, 7> kRoleNames = {{
    {CallerRole::kNobody, "nobody"},
    {CallerRole::kCustomer, "customer"},
    {CallerRole::kAgent, "agent"},
    {CallerRole::kSupervisor, "supervisor"},
    {CallerRole::kAdmin, "admin"},
    {CallerRole::kAuditor, "auditor"},
    {CallerRole::kService, "service"},
}};

struct JwtFree {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, JwtFree>;

}  // namespace

std::string_view Name(CallerRole role) {
  for (const auto& [value, name] : kRoleNames) {
    if (value == role) return name;
  }
  return "nobody";
}

std::optional<CallerRole> ParseCallerRole(std::string_view text) {
  for (const auto& [value, name] : kRoleNames) {
    if (name == text) return value;
  }
  return std::nullopt;
}

absl::StatusOr<UserTokens> UserTokens::FromFile(const std::string& path, bool create) {
  absl::StatusOr<std::string> secret = SecretInFile(path, create, "token key");
  if (!secret.ok()) return secret.status();
  return UserTokens(*std::move(secret));
}

absl::Status UserTokens::Rotate(const std::string& path) {
  const absl::StatusOr<std::string> secret = NewSecret();
  if (!secret.ok()) return secret.status();
  return storage::ReplaceFile(path, {*secret});
}

absl::StatusOr<std::string> UserTokens::Issue(std::string_view user, CallerRole role,
                                              absl::Time now, absl::Duration lifetime) const {
  if (role == CallerRole::kNobody || role == CallerRole::kCustomer) {
    return absl::InvalidArgumentError(
        "a user token is for agent, supervisor, admin, auditor or service");
  }
  if (user.empty() || user.size() > 64) {
    return absl::InvalidArgumentError("a user's name has 1 to 64 characters");
  }
  if (user == "assistant" || user == "queue") {
    return absl::InvalidArgumentError("assistant and queue own conversations; choose another name");
  }
  if (lifetime < absl::Minutes(1) || lifetime > absl::Hours(24 * 366)) {
    return absl::InvalidArgumentError("a token lives from 1 minute to 366 days");
  }
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) return absl::InternalError("libjwt: no token");
  Jwt jwt(raw);
  jwt_add_grant(raw, "iss", kIssuer);
  jwt_add_grant(raw, "aud", kAudience);
  jwt_add_grant(raw, "sub", std::string(user).c_str());
  jwt_add_grant(raw, "role", std::string(Name(role)).c_str());
  jwt_add_grant_int(raw, "iat", absl::ToUnixSeconds(now));
  jwt_add_grant_int(raw, "exp", absl::ToUnixSeconds(now + lifetime));
  jwt_set_alg(raw, JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(secret_.data()),
              static_cast<int>(secret_.size()));
  char* encoded = jwt_encode_str(raw);
  if (encoded == nullptr) return absl::InternalError("libjwt: the token could not be signed");
  std::string token(encoded);
  std::free(encoded);
  return token;
}

absl::StatusOr<Principal> UserTokens::Check(std::string_view token, absl::Time now) const {
  const TokenKey key{"", "HS256", secret_};
  const auto claims = VerifyJwt(token, {&key, 1}, {kIssuer, kAudience}, now);
  if (!claims.ok()) return claims.status();
  const auto text = [&claims](const char* name) {
    const auto member = claims->find(name);
    return member != claims->end() && member->is_string() ? member->get<std::string>()
                                                          : std::string();
  };
  const std::optional<CallerRole> role = ParseCallerRole(text("role"));
  if (text("sub").empty() || !role || *role == CallerRole::kNobody ||
      *role == CallerRole::kCustomer) {
    return absl::UnauthenticatedError("the token is not valid");
  }
  Principal principal;
  principal.role = *role;
  principal.user = text("sub");
  if (const auto issued = claims->find("iat"); issued != claims->end()) {
    principal.issued = absl::FromUnixSeconds(issued->get<int64_t>());
  }
  return principal;
}

}  // namespace frontdesk::server
