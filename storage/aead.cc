#include "storage/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "absl/status/status.h"
#include "storage/digest.h"

namespace frontdesk::storage {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
static_assert(kNonceBytes + kTagBytes == kSealOverhead);

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

unsigned char* Bytes(std::string& s, size_t offset) {
  return reinterpret_cast<unsigned char*>(s.data()) + offset;
}
const unsigned char* Bytes(std::string_view s, size_t offset = 0) {
  return reinterpret_cast<const unsigned char*>(s.data()) + offset;
}

// One context per thread: making one costs more than sealing a short event.
EVP_CIPHER_CTX* ThreadCipher() {
  thread_local Cipher cipher(EVP_CIPHER_CTX_new());
  if (cipher == nullptr) std::abort();
  return cipher.get();
}

// Looked up once: OpenSSL's own EVP_aes_256_gcm() looks it up by name for every message.
const EVP_CIPHER* Aes256Gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  if (cipher == nullptr) std::abort();
  return cipher;
}

}  // namespace

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

SecretKey SecretKey::Random() {
  SecretKey key;
  if (RAND_priv_bytes(key.bytes_.data(), key.bytes_.size()) != 1) std::abort();
  return key;
}

absl::StatusOr<SecretKey> SecretKey::FromBytes(std::string_view bytes) {
  if (bytes.size() != kBytes) {
    return absl::InvalidArgumentError("a key has 32 bytes, these are " +
                                      std::to_string(bytes.size()));
  }
  SecretKey key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

SecretKey SecretKey::Derive(std::string_view purpose) const {
  SecretKey derived;
  derived.bytes_ = HmacSha256(bytes(), purpose);
  return derived;
}

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(Bytes(bytes, 0), static_cast<int>(count)) != 1) std::abort();
  return bytes;
}

// The EVP calls below fail only on misuse or without memory; an unsealed body must never be
// written, so failing is fatal here.
std::string Seal(const SecretKey& key, std::string_view text, std::string_view associated) {
  std::string sealed = RandomBytes(kNonceBytes);
  sealed.resize(kSealOverhead + text.size());
  EVP_CIPHER_CTX* cipher = ThreadCipher();
  int written = 0;
  const bool good =
      EVP_EncryptInit_ex(cipher, Aes256Gcm(), nullptr, Bytes(key.bytes()),
                         Bytes(sealed, 0)) == 1 &&
      EVP_EncryptUpdate(cipher, nullptr, &written, Bytes(associated),
                        static_cast<int>(associated.size())) == 1 &&
      EVP_EncryptUpdate(cipher, Bytes(sealed, kNonceBytes), &written, Bytes(text),
                        static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher, Bytes(sealed, kNonceBytes + text.size()), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTagBytes,
                          Bytes(sealed, kNonceBytes + text.size())) == 1;
  if (!good) std::abort();
  return sealed;
}

absl::StatusOr<std::string> Open(const SecretKey& key, std::string_view sealed,
                                 std::string_view associated) {
  if (sealed.size() < kSealOverhead) {
    return absl::DataLossError("sealed text is cut short: " + std::to_string(sealed.size()) +
                               " bytes, at least 28 are needed");
  }
  const size_t size = sealed.size() - kSealOverhead;
  std::string text(size, '\0');
  std::string tag(sealed.substr(kNonceBytes + size));
  EVP_CIPHER_CTX* cipher = ThreadCipher();
  int written = 0;
  const bool good =
      EVP_DecryptInit_ex(cipher, Aes256Gcm(), nullptr, Bytes(key.bytes()), Bytes(sealed)) ==
          1 &&
      EVP_DecryptUpdate(cipher, nullptr, &written, Bytes(associated),
                        static_cast<int>(associated.size())) == 1 &&
      EVP_DecryptUpdate(cipher, Bytes(text, 0), &written, Bytes(sealed, kNonceBytes),
                        static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, kTagBytes, Bytes(tag, 0)) == 1 &&
      EVP_DecryptFinal_ex(cipher, Bytes(text, size), &written) == 1;
  if (!good) {
    return absl::DataLossError("sealed text does not open: wrong key, or its bytes were changed");
  }
  return text;
}

}  // namespace frontdesk::storage
