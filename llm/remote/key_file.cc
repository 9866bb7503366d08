#include "llm/remote/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::llm {
namespace {

constexpr size_t kMostBytes = 4096;

}  // namespace

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return absl::NotFoundError(
        absl::StrCat(path, ": the key file of the remote model cannot be opened"));
  }
  // Rights are asked of the open file, so that it cannot be another one when it is read.
  struct stat about;
  std::string text(kMostBytes + 1, '\0');
  const bool known = fstat(file, &about) == 0;
  const ssize_t size = known && S_ISREG(about.st_mode) ? read(file, text.data(), text.size()) : -1;
  close(file);
  if (size < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the key file of the remote model is not a readable file"));
  }
  if ((about.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat(path, ": others can read the key of the remote model; run chmod 600 on it"));
  }
  text.resize(static_cast<size_t>(size));
  const std::string_view line = std::string_view(text).substr(0, text.find('\n'));
  const absl::string_view key =
      absl::StripAsciiWhitespace(absl::string_view(line.data(), line.size()));
  const bool plain = std::all_of(key.begin(), key.end(), [](char c) { return c > 32 && c < 127; });
  if (key.empty() || text.size() > kMostBytes || !plain) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": the first line must be the key: printable characters without a space"));
  }
  return std::string(key);
}

}  // namespace frontdesk::llm
