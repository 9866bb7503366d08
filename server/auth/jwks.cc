#include "server/auth/jwks.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <map>
#include <memory>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::server {
namespace {

using nlohmann::json;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;

struct Curve {
  const char* group;
  const char* algorithm;
  size_t bytes;
};
const std::map<std::string, Curve>& Curves() {
  static const std::map<std::string, Curve> kCurves = {{"P-256", {"prime256v1", "ES256", 32}},
                                                       {"P-384", {"secp384r1", "ES384", 48}},
                                                       {"P-521", {"secp521r1", "ES512", 66}}};
  return kCurves;
}

constexpr int kLeastRsaBits = 2048, kMostRsaBits = 8192;

std::string Text(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

std::optional<std::string> Bytes(const json& object, const char* name) {
  std::string bytes;
  const std::string text = Text(object, name);
  if (text.empty() || text.size() > 4096 || !absl::WebSafeBase64Unescape(text, &bytes)) return std::nullopt;
  return bytes;
}

BigNumber Number(const std::string& bytes) {
  return BigNumber(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                             static_cast<int>(bytes.size()), nullptr));
}

// The PEM of the public key that the parameters describe; nullopt when they describe none.
std::optional<std::string> Pem(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* raw = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return std::nullopt;
  }
  const Key key(raw);
  const KeyContext check(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return std::nullopt;
  const Memory memory(BIO_new(BIO_s_mem()));
  if (!memory || PEM_write_bio_PUBKEY(memory.get(), key.get()) != 1) return std::nullopt;
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

absl::StatusOr<TokenKey> RsaKey(const json& entry, const std::string& place) {
  const auto modulus = Bytes(entry, "n"), exponent = Bytes(entry, "e");
  if (!modulus || !exponent) {
    return absl::InvalidArgumentError(absl::StrCat(place, ": n and e are base64url numbers"));
  }
  const BigNumber n = Number(*modulus), e = Number(*exponent);
  if (const int bits = BN_num_bits(n.get()); bits < kLeastRsaBits || bits > kMostRsaBits) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": an RSA key has 2048 to 8192 bits, this has ", bits));
  }
  std::string algorithm = Text(entry, "alg");
  if (algorithm.empty()) algorithm = "RS256";
  if (algorithm != "RS256" && algorithm != "RS384" && algorithm != "RS512") {
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": ", algorithm, " is not taken; use RS256, RS384, RS512 or an EC key"));
  }
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  const auto pem = Pem("RSA", builder.get());
  if (!pem) return absl::InvalidArgumentError(absl::StrCat(place, ": is no RSA public key"));
  return TokenKey{Text(entry, "kid"), algorithm, *pem};
}

absl::StatusOr<TokenKey> EcKey(const json& entry, const std::string& place) {
  const auto curve = Curves().find(Text(entry, "crv"));
  const auto x = Bytes(entry, "x"), y = Bytes(entry, "y");
  if (curve == Curves().end() || !x || !y || x->size() != curve->second.bytes ||
      y->size() != curve->second.bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": an EC key has crv P-256, P-384 or P-521 and x and y of its size"));
  }
  const std::string algorithm = Text(entry, "alg");
  if (!algorithm.empty() && algorithm != curve->second.algorithm) {
    return absl::InvalidArgumentError(absl::StrCat(place, ": ", algorithm, " does not go with its curve"));
  }
  const std::string point = absl::StrCat("\x04", *x, *y);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->second.group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  const auto pem = Pem("EC", builder.get());
  if (!pem) return absl::InvalidArgumentError(absl::StrCat(place, ": x and y are no point of the curve"));
  return TokenKey{Text(entry, "kid"), curve->second.algorithm, *pem};
}

}  // namespace

absl::StatusOr<std::vector<TokenKey>> ReadJwks(std::string_view text) {
  constexpr size_t kMostBytes = 1 << 20;
  constexpr size_t kMostKeys = 64;
  const json set = text.size() > kMostBytes
                       ? json()
                       : json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!set.is_object() || !set.contains("keys") || !set["keys"].is_array() ||
      set["keys"].size() > kMostKeys) {
    return absl::InvalidArgumentError(
        "a key set reads {\"keys\": [{\"kty\": …}, …]} with at most 64 keys; save what the "
        "provider's jwks_uri answers");
  }
  std::vector<TokenKey> keys;
  int number = 0;
  for (const json& entry : set["keys"]) {
    const std::string place = absl::StrCat("key ", ++number);
    if (!entry.is_object()) return absl::InvalidArgumentError(absl::StrCat(place, ": is no object"));
    const std::string type = Text(entry, "kty"), use = Text(entry, "use");
    if (type == "oct") {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": is a secret; a key set of public keys holds none"));
    }
    if ((!use.empty() && use != "sig") || (type != "RSA" && type != "EC")) continue;
    absl::StatusOr<TokenKey> key = type == "RSA" ? RsaKey(entry, place) : EcKey(entry, place);
    if (!key.ok()) return key.status();
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) {
    return absl::InvalidArgumentError("the key set holds no RSA or EC key for signatures");
  }
  return keys;
}

}  // namespace frontdesk::server
