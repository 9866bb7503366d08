// Everything that a caller may show as proof: bearer tokens of each kind and a provider's key set.
// The input is taken raw, and as the three lines of a token (header, claims, signature) that are
// then put together, so that mutation gets past the encoding.
//
// Invariant: bytes that nobody signed with a key of ours make no caller and no customer, and no
// key of a set is an HMAC's.
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/auth/callers.h"
#include "server/auth/jwks.h"
#include "server/auth/private_file.h"
#include "tools/verification.h"

namespace {

using namespace frontdesk;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

const server::Callers& Callers() {
  static const server::Callers& callers = *[] {
    const std::string key = "fuzz-user-tokens.key";
    if (!server::SecretInFile(key, /*create=*/true, "token key").ok()) __builtin_trap();
    return new server::Callers({.conversations = server::ConversationTokens(std::string(32, 'c')),
                                .user_key_file = key,
                                .disabled_users_file = "fuzz-none"});
  }();
  return callers;
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

void Show(const std::string& token) {
  static const tools::IdentityVerifier identity(
      std::string(32, 'i'), "frontdesk",
      [](std::string_view, absl::Time, absl::Time) -> absl::StatusOr<bool> { return true; });
  if (Callers().Identify({.peer = "ipv4:1.2.3.4:5", .authorization = "Bearer " + token}, kNow).ok()) {
    __builtin_trap();
  }
  if (identity.Verify(token, kNow).ok()) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  Show(text);
  Show(Assembled(text));
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
