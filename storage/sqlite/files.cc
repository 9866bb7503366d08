#include "storage/sqlite/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "storage/sqlite/sqlite_status.h"

namespace frontdesk::storage::sqlite {
namespace {

// Closes on the way out; the numbers are plain file descriptors.
struct OpenFile {
  int number;
  ~OpenFile() {
    if (number >= 0) ::close(number);
  }
};

absl::Status SyncPath(const std::string& path, int flags) {
  OpenFile file{::open(path.c_str(), flags | O_CLOEXEC)};
  if (file.number < 0) return StatusFromErrno(errno, "opening", path);
  if (::fsync(file.number) != 0) return StatusFromErrno(errno, "syncing", path);
  return absl::OkStatus();
}

absl::Status WriteAll(int file, const char* bytes, size_t size, const std::string& path) {
  while (size > 0) {
    const ssize_t written = ::write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return StatusFromErrno(errno, "writing", path);
    bytes += written;
    size -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

}  // namespace

bool FileExists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status SyncFolderOf(const std::string& path) {
  return SyncPath(FolderOf(path), O_RDONLY | O_DIRECTORY);
}

absl::Status SyncFile(const std::string& path) { return SyncPath(path, O_RDONLY); }

absl::Status CopyFile(const std::string& from, const std::string& to) {
  OpenFile source{::open(from.c_str(), O_RDONLY | O_CLOEXEC)};
  if (source.number < 0) return StatusFromErrno(errno, "reading", from);
  OpenFile target{::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (target.number < 0) return StatusFromErrno(errno, "writing", to);
  std::vector<char> buffer(1 << 20);
  while (true) {
    const ssize_t size = ::read(source.number, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return StatusFromErrno(errno, "reading", from);
    if (size == 0) break;
    absl::Status status = WriteAll(target.number, buffer.data(), static_cast<size_t>(size), to);
    if (!status.ok()) return status;
  }
  if (::fsync(target.number) != 0) return StatusFromErrno(errno, "syncing", to);
  return absl::OkStatus();
}

absl::Status RenameFile(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return StatusFromErrno(errno, "renaming", from);
  return SyncFolderOf(to);
}

absl::Status RemoveFile(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return StatusFromErrno(errno, "removing", path);
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::storage::sqlite
