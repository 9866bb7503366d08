#include "storage/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "storage/sqlite/sqlite_status.h"

namespace frontdesk::storage::sqlite {

absl::StatusOr<FileLock> FileLock::Take(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return StatusFromErrno(errno, "opening", path);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    char owner[32] = {};
    const bool named = ::pread(file, owner, sizeof(owner) - 1, 0) > 0;
    ::close(file);
    return absl::UnavailableError(path + " is locked by " +
                                  (named ? "process " + std::string(owner) : "another process") +
                                  ": the store is open there; stop that process first");
  }
  // The number is a courtesy to the reader of the error above, so a failure to note it is no
  // failure.
  const std::string owner = std::to_string(::getpid());
  [[maybe_unused]] const bool noted =
      ::ftruncate(file, 0) == 0 && ::pwrite(file, owner.data(), owner.size(), 0) > 0;
  return FileLock(file);
}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace frontdesk::storage::sqlite
