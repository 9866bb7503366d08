#include "storage/key_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "storage/digest.h"
#include "storage/sqlite/files.h"
#include "storage/sqlite/sqlite_status.h"

namespace frontdesk::storage {

absl::StatusOr<SecretKey> ReadKeyFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return sqlite::StatusFromErrno(errno, "reading the key file", path);
  struct stat facts {};
  char text[80] = {};
  const bool seen = ::fstat(file, &facts) == 0;
  const ssize_t size = ::read(file, text, sizeof(text));
  const int error = errno;
  ::close(file);
  if (!seen || size < 0) return sqlite::StatusFromErrno(error, "reading the key file", path);
  if ((facts.st_mode & 077) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof(mode), "%04o", static_cast<unsigned>(facts.st_mode & 07777));
    return absl::PermissionDeniedError("the key file " + path + " has mode " + mode +
                                       " and others may read it; run `chmod 600 " + path + "`");
  }
  std::string hex(text, static_cast<size_t>(size));
  OPENSSL_cleanse(text, sizeof(text));
  if (!hex.empty() && hex.back() == '\n') hex.pop_back();
  absl::StatusOr<Digest> bytes = DigestFromHex(hex);
  OPENSSL_cleanse(hex.data(), hex.size());
  if (!bytes.ok()) {
    return absl::DataLossError("the key file " + path +
                               " does not hold 64 hexadecimal digits; put back your copy of it");
  }
  absl::StatusOr<SecretKey> key = SecretKey::FromBytes(AsBytes(*bytes));
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return key;
}

// The name appears only with the whole content behind it, so a crash leaves no half key file.
absl::StatusOr<SecretKey> CreateKeyFile(const std::string& path) {
  if (sqlite::FileExists(path)) {
    return absl::AlreadyExistsError("the key file " + path + " exists");
  }
  const SecretKey key = SecretKey::Random();
  const std::string draft = path + ".new";
  if (absl::Status removed = sqlite::RemoveFile(draft); !removed.ok()) return removed;
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return sqlite::StatusFromErrno(errno, "creating the key file", path);
  const std::string_view bytes = key.bytes();
  std::string hex = ToHex({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}) + "\n";
  const bool written = ::write(file, hex.data(), hex.size()) == static_cast<ssize_t>(hex.size()) &&
                       ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  OPENSSL_cleanse(hex.data(), hex.size());
  absl::Status status = written ? sqlite::RenameFile(draft, path)
                                : sqlite::StatusFromErrno(error, "writing the key file", path);
  if (!status.ok()) {
    sqlite::RemoveFile(draft).IgnoreError();
    return status;
  }
  return key;
}

}  // namespace frontdesk::storage
