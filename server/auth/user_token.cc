#include "server/auth/user_token.h"

#include <fcntl.h>
#include <jwt.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace frontdesk::server {
namespace {

constexpr char kIssuer[] = "frontdesk";
constexpr char kAudience[] = "frontdesk";
constexpr size_t kSecretBytes = 32;

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

absl::Status WriteNewKey(const std::string& path) {
  std::array<unsigned char, kSecretBytes> key;
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
    return absl::InternalError("no random bytes for a token key");
  }
  const std::string part = path + ".part";
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::PermissionDeniedError(absl::StrCat(
        part, ": cannot be created (", std::strerror(errno), "); check the folder's rights"));
  }
  const bool written =
      ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || ::rename(part.c_str(), path.c_str()) != 0) {
    ::unlink(part.c_str());
    return absl::ResourceExhaustedError(
        absl::StrCat(path, ": the token key could not be written; is the disk full?"));
  }
  return absl::OkStatus();
}

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
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT || !create) {
      return absl::NotFoundError(
          absl::StrCat(path, ": no token key; create one with `frontdesk user add`"));
    }
    if (absl::Status made = WriteNewKey(path); !made.ok()) return made;
  } else if ((info.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat(path, ": others may read this key; run chmod 600 on it"));
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::PermissionDeniedError(absl::StrCat(path, ": ", std::strerror(errno)));
  std::string secret(4096, '\0');
  const ssize_t size = ::read(fd, secret.data(), secret.size());
  ::close(fd);
  secret.resize(size < 0 ? 0 : static_cast<size_t>(size));
  if (secret.size() < kSecretBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": a token key has at least ", kSecretBytes, " bytes, this has ", secret.size()));
  }
  return UserTokens(std::move(secret));
}

absl::Status UserTokens::Rotate(const std::string& path) { return WriteNewKey(path); }

absl::StatusOr<std::string> UserTokens::Issue(std::string_view user, CallerRole role,
                                              absl::Time now, absl::Duration lifetime) const {
  if (role == CallerRole::kNobody || role == CallerRole::kCustomer) {
    return absl::InvalidArgumentError(
        "a user token is for agent, supervisor, admin, auditor or service");
  }
  if (user.empty() || user.size() > 64) {
    return absl::InvalidArgumentError("a user's name has 1 to 64 characters");
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
  const absl::Status bad = absl::UnauthenticatedError(
      "the user token is not valid; ask for one with `frontdesk user add`");
  jwt_t* raw = nullptr;
  if (jwt_decode(&raw, std::string(token).c_str(),
                 reinterpret_cast<const unsigned char*>(secret_.data()),
                 static_cast<int>(secret_.size())) != 0) {
    return bad;
  }
  Jwt jwt(raw);
  if (jwt_get_alg(raw) != JWT_ALG_HS256) return bad;
  const auto text = [raw](const char* name) {
    const char* value = jwt_get_grant(raw, name);
    return std::string(value == nullptr ? "" : value);
  };
  if (text("iss") != kIssuer || text("aud") != kAudience || text("sub").empty()) return bad;
  const std::optional<CallerRole> role = ParseCallerRole(text("role"));
  if (!role || *role == CallerRole::kNobody || *role == CallerRole::kCustomer) return bad;
  if (absl::FromUnixSeconds(jwt_get_grant_int(raw, "exp")) <= now) {
    return absl::UnauthenticatedError("the user token has expired; ask for a new one");
  }
  Principal principal;
  principal.role = *role;
  principal.user = text("sub");
  return principal;
}

}  // namespace frontdesk::server
