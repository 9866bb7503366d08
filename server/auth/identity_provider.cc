#include "server/auth/identity_provider.h"

#include <set>

#include "server/auth/user_token.h"

namespace frontdesk::server {
namespace {

using nlohmann::json;

constexpr size_t kLongestUser = 64;

// The member at a dotted path; null when there is none.
const json& At(const json& object, std::string_view path) {
  static const json kNothing;
  const json* here = &object;
  while (!path.empty()) {
    const size_t dot = path.find('.');
    const std::string name(path.substr(0, dot));
    path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
    if (!here->is_object() || !here->contains(name)) return kNothing;
    here = &(*here)[name];
  }
  return *here;
}

}  // namespace

absl::StatusOr<CallerRole> RoleOf(const json& claims, std::string_view path) {
  // A claim whose name holds dots itself ("https://shop.example/role") stands at the top.
  const auto whole = claims.find(std::string(path));
  const json& value = whole != claims.end() ? *whole : At(claims, path);
  std::set<CallerRole> roles;
  const auto add = [&roles](const json& name) {
    if (!name.is_string()) return;
    const auto role = ParseCallerRole(name.get<std::string>());
    if (role && *role != CallerRole::kNobody && *role != CallerRole::kCustomer) roles.insert(*role);
  };
  if (value.is_array()) {
    for (const json& name : value) add(name);
  } else {
    add(value);
  }
  if (roles.contains(CallerRole::kSupervisor)) roles.erase(CallerRole::kAgent);
  if (roles.size() != 1) {
    return absl::UnauthenticatedError("the token names no role of this server, or several");
  }
  return *roles.begin();
}

absl::StatusOr<std::unique_ptr<IdentityProvider>> IdentityProvider::Open(
    IdentityProviderOptions options) {
  if (options.issuer.empty() || options.audience.empty()) {
    return absl::InvalidArgumentError(
        "--oidc-jwks needs --oidc-issuer and --oidc-audience: tokens for others are not taken");
  }
  auto provider = std::unique_ptr<IdentityProvider>(new IdentityProvider(std::move(options)));
  if (const auto keys = provider->keys_.Get(); !keys.ok()) return keys.status();
  return provider;
}

absl::StatusOr<Principal> IdentityProvider::Check(std::string_view token, absl::Time now) const {
  const auto keys = keys_.Get();
  if (!keys.ok()) return absl::UnauthenticatedError("the token is not valid");
  const auto claims = VerifyJwt(token, **keys, {options_.issuer, options_.audience}, now);
  if (!claims.ok()) return claims.status();
  const json& user = At(*claims, options_.user_claim);
  if (!user.is_string() || user.get_ref<const std::string&>().empty() ||
      user.get_ref<const std::string&>().size() > kLongestUser) {
    return absl::UnauthenticatedError("the token is not valid");
  }
  const auto role = RoleOf(*claims, options_.role_claim);
  if (!role.ok()) return role.status();
  Principal principal;
  principal.role = *role;
  principal.user = user.get<std::string>();
  const auto issued = claims->find("iat");
  if (issued != claims->end()) principal.issued = absl::FromUnixSeconds(issued->get<int64_t>());
  return principal;
}

}  // namespace frontdesk::server
