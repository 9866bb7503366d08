#include "server/auth/conversation_token.h"

#include <openssl/crypto.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/digest.h"

namespace frontdesk::server {
namespace {

constexpr absl::string_view kPrefix = "fd1.";
constexpr size_t kExpiryBytes = 8;

std::string Sign(std::string_view secret, absl::string_view claims) {
  const storage::Digest mac =
      storage::HmacSha256(secret, std::string_view(claims.data(), claims.size()));
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(mac.data()), mac.size()));
}

}  // namespace

std::string ConversationTokens::Issue(const storage::ConversationId& conversation,
                                      absl::Time expires) const {
  std::string raw;
  const auto seconds = static_cast<uint64_t>(absl::ToUnixSeconds(expires));
  for (int shift = 56; shift >= 0; shift -= 8) raw.push_back(static_cast<char>(seconds >> shift));
  raw += conversation.value();
  const std::string claims = absl::StrCat(kPrefix, absl::WebSafeBase64Escape(raw));
  return absl::StrCat(claims, ".", Sign(secret_, claims));
}

absl::StatusOr<storage::ConversationId> ConversationTokens::Check(std::string_view token,
                                                                  absl::Time now) const {
  const absl::Status bad = absl::UnauthenticatedError(
      "the conversation token is not valid; create a conversation again");
  const absl::string_view text(token.data(), token.size());
  const size_t dot = text.rfind('.');
  if (!absl::StartsWith(text, kPrefix) || dot == absl::string_view::npos || dot < kPrefix.size()) {
    return bad;
  }
  const absl::string_view claims = text.substr(0, dot);
  const absl::string_view given = text.substr(dot + 1);
  const std::string expected = Sign(secret_, claims);
  if (given.size() != expected.size() ||
      CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) {
    return bad;
  }
  std::string raw;
  if (!absl::WebSafeBase64Unescape(claims.substr(kPrefix.size()), &raw) ||
      raw.size() <= kExpiryBytes) {
    return bad;
  }
  uint64_t seconds = 0;
  for (size_t i = 0; i < kExpiryBytes; ++i) seconds = seconds << 8 | static_cast<uint8_t>(raw[i]);
  if (absl::FromUnixSeconds(static_cast<int64_t>(seconds)) <= now) {
    return absl::UnauthenticatedError(
        "the conversation token has expired; create a conversation again");
  }
  return storage::ConversationId(raw.substr(kExpiryBytes));
}

}  // namespace frontdesk::server
