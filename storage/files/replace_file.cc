#include "storage/files/replace_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace frontdesk::storage {
namespace {

bool WriteWhole(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool WriteParts(int file, std::initializer_list<std::string_view> parts) {
  for (std::string_view part : parts) {
    if (!WriteWhole(file, part)) return false;
  }
  return true;
}

bool FlushFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return false;
  const bool flushed = ::fsync(file) == 0;
  ::close(file);
  return flushed;
}

}  // namespace

absl::Status ReplaceFile(const std::string& path, std::initializer_list<std::string_view> parts,
                         ReplaceOptions options) {
  // A name of our own, so that two that write the same file do not write into one draft.
  static std::atomic<uint64_t> counter{0};
  const std::string draft = absl::StrCat(path, ".", ::getpid(), ".", counter++, ".new");
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, options.mode);
  if (file < 0) {
    return absl::PermissionDeniedError(absl::StrCat(
        path, ": cannot be written here (", std::strerror(errno), "); check the folder and its rights"));
  }
  const bool flush = options.flush == Flush::kYes;
  bool whole = WriteParts(file, parts) && (!flush || ::fsync(file) == 0);
  int reason = errno;
  if (::close(file) != 0 && whole) {
    whole = false;
    reason = errno;
  }
  if (whole && ::rename(draft.c_str(), path.c_str()) != 0) {
    whole = false;
    reason = errno;
  }
  if (!whole) {
    ::unlink(draft.c_str());
  } else if (flush && !FlushFolderOf(path)) {
    whole = false;
    reason = errno;
  }
  if (whole) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat(path, ": could not be written (", std::strerror(reason), "); is the disk full?"));
}

}  // namespace frontdesk::storage
