// A small file whose content is kept in memory and read again when the file was replaced or
// changed, so that keys rotate without a restart. Thread-safe.
//
//   WatchedFile<std::vector<TokenKey>> keys("jwks.json", ReadJwks);
//   auto now = keys.Get();   // shared_ptr to the newest content that could be read
#pragma once

#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace frontdesk::server {

template <class Content>
class WatchedFile {
 public:
  using Read = std::function<absl::StatusOr<Content>(std::string_view bytes)>;
  WatchedFile(std::string path, Read read) : path_(std::move(path)), read_(std::move(read)) {}

  // The content. A file that became unreadable keeps its last good content, with a warning; one
  // that never was gives the error, which names the path.
  // Cost: one stat of the file; a read when it changed.
  absl::StatusOr<std::shared_ptr<const Content>> Get() const {
    const std::lock_guard lock(mutex_);
    struct stat info {};
    const bool there = ::stat(path_.c_str(), &info) == 0;
    const Stamp stamp{there, info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
    if (stamp == stamp_ && content_ != nullptr) return content_;
    if (stamp == stamp_ && !failed_.ok()) return failed_;
    stamp_ = stamp;
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    absl::StatusOr<Content> content =
        file ? read_(bytes.str()) : absl::NotFoundError("cannot be read");
    if (content.ok()) {
      content_ = std::make_shared<const Content>(*std::move(content));
      return content_;
    }
    failed_ = absl::Status(content.status().code(), absl::StrCat(path_, ": ", content.status().message()));
    if (content_ == nullptr) return failed_;
    spdlog::warn("file={} effect=\"its last good content stays in use\" error=\"{}\"", path_,
                 std::string(content.status().message()));
    return content_;
  }

 private:
  struct Stamp {
    bool there = false;
    ino_t inode = 0;
    off_t size = -1;
    time_t seconds = 0;
    long nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };

  const std::string path_;
  const Read read_;
  mutable std::mutex mutex_;  // guards the three below
  mutable Stamp stamp_;
  mutable std::shared_ptr<const Content> content_;
  mutable absl::Status failed_;
};

}  // namespace frontdesk::server
