#include "server/auth/private_file.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "storage/digest.h"
#include "storage/files/replace_file.h"

namespace frontdesk::server {
namespace {

constexpr size_t kSecretBytes = 32;
constexpr size_t kMostBytes = 1 << 20;

}  // namespace

absl::StatusOr<std::string> NewSecret() {
  std::array<unsigned char, kSecretBytes> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return absl::InternalError("no random bytes for a secret");
  }
  return storage::ToHex(bytes);
}

absl::StatusOr<std::string> ReadPrivateFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return absl::NotFoundError(absl::StrCat(path, ": there is no such file"));
    return absl::PermissionDeniedError(absl::StrCat(path, ": ", std::strerror(errno)));
  }
  struct stat info {};
  if (::fstat(fd, &info) != 0 || (info.st_mode & 077) != 0) {
    ::close(fd);
    return absl::PermissionDeniedError(
        absl::StrCat(path, ": others may read this secret; run chmod 600 on it"));
  }
  std::string content(kMostBytes, '\0');
  const ssize_t size = ::read(fd, content.data(), content.size());
  ::close(fd);
  content.resize(size < 0 ? 0 : static_cast<size_t>(size));
  return content;
}

absl::StatusOr<std::string> SecretInFile(const std::string& path, bool create, const char* what) {
  absl::StatusOr<std::string> secret = ReadPrivateFile(path);
  if (absl::IsNotFound(secret.status()) && create) {
    const absl::StatusOr<std::string> made = NewSecret();
    if (!made.ok()) return made.status();
    if (absl::Status put = storage::ReplaceFile(path, {*made}); !put.ok()) return put;
    secret = ReadPrivateFile(path);
  }
  if (!secret.ok()) return secret.status();
  if (secret->size() < kSecretBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": a ", what, " has at least ", kSecretBytes,
                                                   " bytes, this has ", secret->size()));
  }
  return secret;
}

}  // namespace frontdesk::server
