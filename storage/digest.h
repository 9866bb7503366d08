// SHA-256 and HMAC-SHA-256 (OpenSSL), and their hexadecimal text.
//
// The functions are pure and thread-safe; a Sha256Stream belongs to one thread at a time.
//
//   std::string name = ToHex(Sha256(bytes));      // 64 lower-case digits
//   Sha256Stream stream;
//   stream.Update(part1);  stream.Update(part2);
//   Digest whole = stream.Finish();               // == Sha256(part1 + part2)
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace frontdesk::storage {

using Digest = std::array<uint8_t, 32>;

Digest Sha256(std::string_view bytes);

// key: any length. Source: RFC 2104.
Digest HmacSha256(std::string_view key, std::string_view bytes);

// Lower-case hexadecimal, two digits a byte.
std::string ToHex(std::span<const uint8_t> bytes);

// The reverse of ToHex for 32 bytes; upper case is accepted.
// Errors: INVALID_ARGUMENT (length other than 64, or a character that is no digit).
absl::StatusOr<Digest> DigestFromHex(std::string_view hex);

// The digest's bytes as a view, for hashing and for blob columns. Valid as long as the digest is.
inline std::string_view AsBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Equality whose time does not depend on where the bytes differ; for secrets and signatures.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// SHA-256 of bytes that come in parts.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void Update(std::string_view bytes);
  // The digest of all bytes so far; afterwards the stream is empty again.
  Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace frontdesk::storage
