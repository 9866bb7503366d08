#include "llm/gguf/file_digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <memory>
#include <vector>

namespace frontdesk::llm {

namespace {

constexpr size_t kPieceBytes = size_t{128} << 10;  // stays in the cache between copy and digest

std::string Hex(const unsigned char* bytes, unsigned size) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex.push_back(kHex[bytes[i] >> 4]);
    hex.push_back(kHex[bytes[i] & 15]);
  }
  return hex;
}

}  // namespace

std::string BytesSha256(std::span<const uint8_t> bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) return "";
  return Hex(digest, size);
}

std::string FileSha256(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  std::string digest = FileSha256(descriptor);
  close(descriptor);
  return digest;
}

std::string FileSha256(int descriptor) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free);
  bool good = digest && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
  std::vector<unsigned char> buffer(kPieceBytes);
  off_t at = 0;
  ssize_t got = 1;
  while (good && (got = pread(descriptor, buffer.data(), buffer.size(), at)) > 0) {
    good = EVP_DigestUpdate(digest.get(), buffer.data(), static_cast<size_t>(got)) == 1;
    at += got;
  }
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!good || got < 0 || EVP_DigestFinal_ex(digest.get(), bytes, &size) != 1) return "";
  return Hex(bytes, size);
}

}  // namespace frontdesk::llm
