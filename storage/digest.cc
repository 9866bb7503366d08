#include "storage/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <cstdlib>
#include <memory>

#include "absl/status/status.h"

namespace frontdesk::storage {

namespace {

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Mac = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

// HMAC with SHA-256 and no key yet. Looking the two up by name costs more than the sum of a short
// text, so that is done once; each sum is a copy of this, whose key is wiped with it.
const EVP_MAC_CTX* KeylessHmac() {
  static const EVP_MAC_CTX* const keyless = [] {
    EVP_MAC* hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    char digest[] = OSSL_DIGEST_NAME_SHA2_256;
    const OSSL_PARAM settings[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    if (context == nullptr || EVP_MAC_CTX_set_params(context, settings) != 1) std::abort();
    return context;
  }();
  return keyless;
}

}  // namespace

Digest Sha256(std::string_view bytes) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

Digest HmacSha256(std::string_view key, std::string_view bytes) {
  // OpenSSL takes a null key as "the key of before", so an empty key still needs an address.
  static constexpr unsigned char kEmpty[1] = {0};
  const auto bytes_of = [](std::string_view text) {
    return text.empty() ? kEmpty : reinterpret_cast<const unsigned char*>(text.data());
  };
  Digest digest;
  size_t size = 0;
  const Mac mac(EVP_MAC_CTX_dup(KeylessHmac()));
  // Fails only without memory; a sum that was not made must not be used.
  const bool good = mac != nullptr &&
                    EVP_MAC_init(mac.get(), bytes_of(key), key.size(), nullptr) == 1 &&
                    EVP_MAC_update(mac.get(), bytes_of(bytes), bytes.size()) == 1 &&
                    EVP_MAC_final(mac.get(), digest.data(), &size, digest.size()) == 1;
  if (!good || size != digest.size()) std::abort();
  return digest;
}

std::string ToHex(std::span<const uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (uint8_t byte : bytes) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

absl::StatusOr<Digest> DigestFromHex(std::string_view hex) {
  Digest digest;
  if (hex.size() != digest.size() * 2) {
    return absl::InvalidArgumentError("a SHA-256 in hexadecimal has 64 digits, this text has " +
                                      std::to_string(hex.size()));
  }
  for (size_t i = 0; i < digest.size(); ++i) {
    const int high = HexValue(hex[2 * i]);
    const int low = HexValue(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError("not a hexadecimal digit at position " +
                                        std::to_string(high < 0 ? 2 * i : 2 * i + 1) +
                                        " of a SHA-256");
    }
    digest[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return digest;
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Sha256Stream::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() { Restart(); }
  ~Context() { EVP_MD_CTX_free(evp); }
  // Fails only without memory, where nothing else would work either.
  void Restart() {
    if (evp == nullptr || EVP_DigestInit_ex(evp, EVP_sha256(), nullptr) != 1) std::abort();
  }
};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::Update(std::string_view bytes) {
  EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size());
}

Digest Sha256Stream::Finish() {
  Digest digest;
  unsigned int size = digest.size();
  EVP_DigestFinal_ex(context_->evp, digest.data(), &size);
  context_->Restart();
  return digest;
}

}  // namespace frontdesk::storage
