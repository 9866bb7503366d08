#include "tools/verification.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/digest.h"

namespace frontdesk::tools {
namespace {

using nlohmann::json;
using storage::HmacSha256;

constexpr size_t kLongestToken = 8192;

std::string FoldEmail(std::string_view email) {
  while (!email.empty() && (email.front() == ' ' || email.front() == '\t')) email.remove_prefix(1);
  while (!email.empty() && (email.back() == ' ' || email.back() == '\t')) email.remove_suffix(1);
  std::string folded(email);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return folded;
}

std::string Keyed(std::string_view secret, std::string_view scope, std::string_view key) {
  return storage::ToHex(
      HmacSha256(secret, absl::StrCat(std::string(scope), "\n", std::string(key))));
}

std::string Base64Url(std::string_view bytes) {
  std::string out;
  absl::WebSafeBase64Escape(absl::string_view(bytes.data(), bytes.size()), &out);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

// Strict: no padding, no other alphabet, and one spelling for each text.
std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string out;
  if (!absl::WebSafeBase64Unescape(absl::string_view(text.data(), text.size()), &out)) {
    return std::nullopt;
  }
  if (Base64Url(out) != text) return std::nullopt;
  return out;
}

std::optional<json> ObjectOf(std::string_view base64) {
  const std::optional<std::string> text = FromBase64Url(base64);
  if (!text) return std::nullopt;
  if (std::count_if(text->begin(), text->end(), [](char c) { return c == '{' || c == '['; }) > 8) {
    return std::nullopt;
  }
  json object = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  return object;
}

std::string TextMember(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

// Seconds since 1970 up to the year 9999.
std::optional<absl::Time> TimeMember(const json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_number_integer()) return std::nullopt;
  const int64_t seconds = member->get<int64_t>();
  if (seconds < 0 || seconds > 253402300799) return std::nullopt;
  return absl::FromUnixSeconds(seconds);
}

}  // namespace

OrderVerifier::OrderVerifier(CountAttempts count, FindOrderOwner find, std::string secret,
                             VerificationLimits limits)
    : count_(std::move(count)),
      find_(std::move(find)),
      secret_(std::move(secret)),
      limits_(limits) {}

absl::StatusOr<std::optional<std::string>> OrderVerifier::Verify(const OrderClaim& claim,
                                                                 absl::Time now) const {
  // All three tries are counted and the order is looked up in every case, so that
  // neither the answer nor the work tells which check failed.
  std::vector<AttemptName> names = {{"verify.order", claim.order_number},
                                    {"verify.principal", claim.principal},
                                    {"verify.address", claim.address}};
  for (AttemptName& name : names) name.key = Keyed(secret_, name.scope, name.key);
  const absl::StatusOr<std::vector<int64_t>> tries = count_(names, limits_.window, now);
  if (!tries.ok()) {
    return absl::UnavailableError(
        absl::StrCat("tries cannot be counted: ", tries.status().message()));
  }
  const bool within = std::all_of(tries->begin(), tries->end(),
                                  [&](int64_t count) { return count <= limits_.tries; });
  absl::StatusOr<std::optional<OrderOwner>> owner = find_(claim.order_number, now);
  if (!owner.ok()) {
    return absl::UnavailableError(
        absl::StrCat("the order cannot be looked up: ", owner.status().message()));
  }
  const bool known =
      owner->has_value() && !(*owner)->customer_id.empty() && !(*owner)->email.empty();
  // An email is never empty after folding a real one; an unknown order compares with
  // a text that no claim can equal, at the same cost.
  const std::string expected = known ? FoldEmail((*owner)->email) : std::string(1, '\0');
  const storage::Digest given_mac = HmacSha256(secret_, FoldEmail(claim.email));
  const storage::Digest expected_mac = HmacSha256(secret_, expected);
  const bool equal =
      storage::EqualInConstantTime(storage::AsBytes(given_mac), storage::AsBytes(expected_mac));
  if (!(known & equal & within)) return std::optional<std::string>();
  return std::optional<std::string>((*owner)->customer_id);
}

std::string SignIdentityToken(const IdentityClaims& claims, std::string_view key) {
  json payload = {{"sub", claims.customer_id},
                  {"aud", claims.audience},
                  {"nonce", claims.nonce},
                  {"exp", absl::ToUnixSeconds(claims.expiry)}};
  if (claims.issued != absl::InfinitePast()) payload["iat"] = absl::ToUnixSeconds(claims.issued);
  const std::string signed_part =
      absl::StrCat(Base64Url(R"({"alg":"HS256","typ":"JWT"})"), ".", Base64Url(payload.dump()));
  const storage::Digest mac = HmacSha256(key, signed_part);
  return absl::StrCat(signed_part, ".", Base64Url(storage::AsBytes(mac)));
}

IdentityVerifier::IdentityVerifier(std::string key, std::string audience, ConsumeNonce consume,
                                   absl::Duration longest_life)
    : key_(std::move(key)),
      audience_(std::move(audience)),
      consume_(std::move(consume)),
      longest_life_(longest_life) {}

absl::StatusOr<IdentityClaims> IdentityVerifier::Verify(std::string_view token,
                                                        absl::Time now) const {
  const absl::Status refused =
      absl::UnauthenticatedError("the identity token is not valid; sign in again to get a new one");
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (key_.size() < 32 || token.size() > kLongestToken || second == std::string_view::npos ||
      token.find('.', second + 1) != std::string_view::npos) {
    return refused;
  }
  const std::optional<std::string> signature = FromBase64Url(token.substr(second + 1));
  const storage::Digest mac = HmacSha256(key_, token.substr(0, second));
  if (!signature || !storage::EqualInConstantTime(*signature, storage::AsBytes(mac)))
    return refused;

  const std::optional<json> header = ObjectOf(token.substr(0, first));
  const std::optional<json> payload = ObjectOf(token.substr(first + 1, second - first - 1));
  if (!header || TextMember(*header, "alg") != "HS256" || !payload) return refused;
  IdentityClaims claims{.customer_id = TextMember(*payload, "sub"),
                        .audience = TextMember(*payload, "aud"),
                        .nonce = TextMember(*payload, "nonce")};
  const std::optional<absl::Time> expiry = TimeMember(*payload, "exp");
  if (claims.customer_id.empty() || claims.audience != audience_ || claims.nonce.size() < 16 ||
      !expiry || *expiry <= now || *expiry > now + longest_life_) {
    return refused;
  }
  claims.expiry = *expiry;
  if (payload->contains("iat")) {
    const std::optional<absl::Time> issued = TimeMember(*payload, "iat");
    if (!issued || *issued > now + absl::Minutes(1)) return refused;
    claims.issued = *issued;
  }
  absl::StatusOr<bool> first_time = consume_(claims.nonce, claims.expiry, now);
  if (!first_time.ok()) {
    return absl::UnavailableError(
        absl::StrCat("nonces cannot be checked: ", first_time.status().message()));
  }
  if (!*first_time) return refused;
  return claims;
}

}  // namespace frontdesk::tools
