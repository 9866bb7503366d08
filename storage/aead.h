// AES-256-GCM: text that can be read only with the key, and not changed or moved without notice.
//
// Sealed form (docs/keys.md): nonce (12 bytes, random) | ciphertext (as long as the text) | tag
// (16). Associated data is not stored; it binds the text to its place, so that a sealed body copied
// to another row does not open. All functions are thread-safe. A key is wiped when it is destroyed.
//
//   SecretKey key = SecretKey::Random();
//   std::string sealed = Seal(key, "hello", "event 7");
//   absl::StatusOr<std::string> text = Open(key, sealed, "event 7");
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace frontdesk::storage {

// 32 secret bytes; wiped from memory on destruction.
class SecretKey {
 public:
  static constexpr size_t kBytes = 32;

  // From the operating system's generator (OpenSSL RAND_bytes); aborts if there is no entropy.
  static SecretKey Random();
  // Errors: INVALID_ARGUMENT (not exactly 32 bytes).
  static absl::StatusOr<SecretKey> FromBytes(std::string_view bytes);

  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  // Valid as long as the key is. Never log it.
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

  // An independent key for one purpose: HMAC-SHA-256(this, purpose).
  SecretKey Derive(std::string_view purpose) const;

 private:
  SecretKey() = default;
  std::array<uint8_t, kBytes> bytes_{};
};

// Bytes a sealed text is longer than its text.
inline constexpr size_t kSealOverhead = 12 + 16;

// Seals under a fresh random nonce, so two seals of one text differ.
std::string Seal(const SecretKey& key, std::string_view text, std::string_view associated);

// Errors: DATA_LOSS (wrong key, other associated data, or a changed byte: these cannot be told
// apart).
absl::StatusOr<std::string> Open(const SecretKey& key, std::string_view sealed,
                                 std::string_view associated);

// count random bytes from the same generator.
std::string RandomBytes(size_t count);

}  // namespace frontdesk::storage
