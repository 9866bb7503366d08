// Everything that a caller may show as proof: bearer tokens of each kind and a provider's key set.
// The input is taken raw, and as the three lines of a token (header, claims, signature) that are
// then put together, so that mutation gets past the encoding.
//
// Then the input is signed with our own keys, as header and claims, so that what stands behind the
// signature's check is reached too.
//
// Invariants: bytes that nobody signed with a key of ours make no caller and no customer; a signed
// token makes one only with our issuer and audience, unexpired, a pinned algorithm and a role that
// tokens are for; no key of a set is an HMAC's.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/auth/callers.h"
#include "server/auth/jwks.h"
#include "server/auth/private_file.h"
#include "storage/digest.h"
#include "tools/verification.h"

namespace {

using namespace frontdesk;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

constexpr char kIdentityKey[] = "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii";

const std::string& UserKey() {
  static const std::string& key = *[] {
    auto secret = server::SecretInFile("fuzz-user-tokens.key", /*create=*/true, "token key");
    if (!secret.ok()) __builtin_trap();
    return new std::string(*std::move(secret));
  }();
  return key;
}

const server::Callers& Callers() {
  static const server::Callers& callers = *[] {
    (void)UserKey();
    return new server::Callers({.conversations = server::ConversationTokens(std::string(32, 'c')),
                                .user_key_file = "fuzz-user-tokens.key",
                                .disabled_users_file = "fuzz-none"});
  }();
  return callers;
}

const tools::IdentityVerifier& Identity() {
  static const tools::IdentityVerifier& identity = *new tools::IdentityVerifier(
      kIdentityKey, "frontdesk",
      [](std::string_view, absl::Time, absl::Time) -> absl::StatusOr<bool> { return true; });
  return identity;
}

std::string Base64Url(std::string_view bytes) {
  std::string out;
  absl::WebSafeBase64Escape(absl::string_view(bytes.data(), bytes.size()), &out);
  while (!out.empty() && out.back() == '=') out.pop_back();
  return out;
}

// "header\nclaims\nsignature" as a token; what has fewer lines has empty parts.
std::string Assembled(std::string_view text) {
  const size_t first = text.find('\n');
  const size_t second = first == std::string_view::npos ? first : text.find('\n', first + 1);
  const std::string_view header = text.substr(0, first);
  const std::string_view claims =
      first == std::string_view::npos ? "" : text.substr(first + 1, second - first - 1);
  const std::string_view signature =
      second == std::string_view::npos ? "" : text.substr(second + 1);
  return absl::StrCat(Base64Url(header), ".", Base64Url(claims), ".", Base64Url(signature));
}

absl::StatusOr<server::Principal> Identify(const std::string& token) {
  return Callers().Identify({.peer = "ipv4:1.2.3.4:5", .authorization = "Bearer " + token}, kNow);
}

void Show(const std::string& token) {
  if (Identify(token).ok()) __builtin_trap();
  if (Identity().Verify(token, kNow).ok()) __builtin_trap();
}

// header and claims as a token with a good HMAC.
std::string Signed(std::string_view header, std::string_view claims, std::string_view key) {
  const std::string text = absl::StrCat(Base64Url(header), ".", Base64Url(claims));
  return absl::StrCat(text, ".", Base64Url(storage::AsBytes(storage::HmacSha256(key, text))));
}

// What may be believed of claims that are accepted.
void CheckClaims(const std::string& header, const std::string& claims, const char* issuer) {
  const auto head = nlohmann::json::parse(header, nullptr, false);
  const auto body = nlohmann::json::parse(claims, nullptr, false);
  if (!head.is_object() || !body.is_object()) __builtin_trap();
  if (head.value("alg", nlohmann::json()) != "HS256") __builtin_trap();
  if (issuer != nullptr && body.value("iss", nlohmann::json()) != issuer) __builtin_trap();
  const auto audience = body.value("aud", nlohmann::json());
  if (audience != "frontdesk" && !(audience.is_array() && audience.dump().find("\"frontdesk\"") != std::string::npos)) {
    __builtin_trap();
  }
  const auto expiry = body.value("exp", nlohmann::json());
  if (!expiry.is_number_integer() || expiry.get<int64_t>() <= absl::ToUnixSeconds(kNow)) __builtin_trap();
  if (body.value("sub", nlohmann::json()).get<std::string>().empty()) __builtin_trap();
}

// Lines: header, claims.
void ShowSigned(std::string_view text) {
  const size_t line = text.find('\n');
  std::string header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  std::string claims(text);
  if (line != std::string_view::npos && line > 0) {
    header = text.substr(0, line);
    claims = text.substr(line + 1, text.find('\n', line + 1) - line - 1);
  }
  const auto user = Identify(Signed(header, claims, UserKey()));
  if (user.ok()) {
    CheckClaims(header, claims, "frontdesk");
    if (user->role == server::CallerRole::kNobody || user->role == server::CallerRole::kCustomer ||
        user->user.empty() || user->user == "assistant" || user->user == "queue") {
      __builtin_trap();
    }
  }
  const auto customer = Identity().Verify(Signed(header, claims, kIdentityKey), kNow);
  if (customer.ok()) {
    CheckClaims(header, claims, nullptr);
    if (customer->nonce.size() < 16 || customer->expiry > kNow + absl::Hours(1)) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  Show(text);
  Show(Assembled(text));
  ShowSigned(text);
  (void)Callers().Identify({.peer = text, .authorization = text, .forwarded_for = text, .certificate = text}, kNow);
  const auto keys = server::ReadJwks(text);
  if (keys.ok()) {
    for (const server::TokenKey& key : *keys) {
      if (key.algorithm.starts_with("HS") || key.material.empty()) __builtin_trap();
    }
  }
  (void)server::ReadDisabledUsers(text);
  return 0;
}
