// One process at a time: an advisory lock on a file beside the store.
//
// Held as long as the value lives; the system lets go of it when the process dies, however it dies.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace frontdesk::storage::sqlite {

class FileLock {
 public:
  // Errors: UNAVAILABLE (another process holds it, named by its number), and those of errno.
  static absl::StatusOr<FileLock> Take(const std::string& path);
  FileLock(FileLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int file) : file_(file) {}
  int file_;
};

}  // namespace frontdesk::storage::sqlite
