#include "server/auth/jwt.h"

#include <jwt.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "absl/strings/escaping.h"

namespace frontdesk::server {
namespace {

using nlohmann::json;

constexpr size_t kLongestToken = 8192;
constexpr int kDeepestJson = 8;

struct JwtFree {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};

// A part of a token as an object; shallow, so that no parser is led astray.
std::optional<json> ObjectOf(std::string_view base64) {
  std::string text;
  if (!absl::WebSafeBase64Unescape(absl::string_view(base64.data(), base64.size()), &text)) {
    return std::nullopt;
  }
  if (std::count_if(text.begin(), text.end(), [](char c) { return c == '{' || c == '['; }) >
      kDeepestJson * 4) {
    return std::nullopt;
  }
  json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  return object;
}

std::string Text(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

// Seconds since 1970, up to the year 9999. Absent and unreadable are told apart by `there`.
std::optional<absl::Time> TimeOf(const json& object, const char* name, bool& there) {
  const auto member = object.find(name);
  there = member != object.end();
  if (!there || !member->is_number_integer()) return std::nullopt;
  const int64_t seconds = member->get<int64_t>();
  if (seconds < 0 || seconds > 253402300799) return std::nullopt;
  return absl::FromUnixSeconds(seconds);
}

bool HasAudience(const json& claims, const std::string& wanted) {
  const auto audience = claims.find("aud");
  if (audience == claims.end()) return false;
  if (audience->is_string()) return *audience == wanted;
  return audience->is_array() && std::find(audience->begin(), audience->end(), wanted) != audience->end();
}

bool Signed(const std::string& token, const TokenKey& key) {
  jwt_t* raw = nullptr;
  if (jwt_decode(&raw, token.c_str(), reinterpret_cast<const unsigned char*>(key.material.data()),
                 static_cast<int>(key.material.size())) != 0) {
    return false;
  }
  const std::unique_ptr<jwt_t, JwtFree> jwt(raw);
  return jwt_get_alg(raw) != JWT_ALG_NONE && key.algorithm == jwt_alg_str(jwt_get_alg(raw));
}

bool Fits(const TokenKey& key, const json& header) {
  if (key.algorithm != Text(header, "alg")) return false;
  const std::string id = Text(header, "kid");
  return key.id.empty() || id.empty() || key.id == id;
}

}  // namespace

absl::StatusOr<json> VerifyJwt(std::string_view token, std::span<const TokenKey> keys,
                               const ExpectedClaims& expected, absl::Time now) {
  const absl::Status bad = absl::UnauthenticatedError("the token is not valid");
  if (token.size() > kLongestToken || std::count(token.begin(), token.end(), '.') != 2 ||
      token.find('\0') != std::string_view::npos) {
    return bad;
  }
  const size_t first = token.find('.'), second = token.find('.', first + 1);
  if (second + 1 == token.size()) return bad;  // no signature
  const std::optional<json> header = ObjectOf(token.substr(0, first));
  // "crit" names extensions that must be understood; we understand none.
  if (!header || header->contains("crit")) return bad;
  const std::string whole(token);
  const bool good = std::any_of(keys.begin(), keys.end(), [&](const TokenKey& key) {
    return Fits(key, *header) && Signed(whole, key);
  });
  if (!good) return bad;
  std::optional<json> claims = ObjectOf(token.substr(first + 1, second - first - 1));
  if (!claims || Text(*claims, "iss") != expected.issuer || expected.issuer.empty() ||
      !HasAudience(*claims, expected.audience)) {
    return bad;
  }
  bool there = false;
  const std::optional<absl::Time> expiry = TimeOf(*claims, "exp", there);
  if (!expiry) return bad;
  for (const char* not_later : {"nbf", "iat"}) {
    const std::optional<absl::Time> begin = TimeOf(*claims, not_later, there);
    if (there && (!begin || *begin > now + kClockSkew)) return bad;
  }
  if (*expiry <= now) {
    return absl::UnauthenticatedError("the token has expired; ask for a new one");
  }
  return *std::move(claims);
}

}  // namespace frontdesk::server
