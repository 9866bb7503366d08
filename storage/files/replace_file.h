// A file that is there whole or not at all.
//
// Thread-safe; two that replace the same file at once leave the content of one of them.
#pragma once

#include <sys/types.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace frontdesk::storage {

// kYes: the content is on the disk before the name is, and the name before the call returns (two
// fsyncs, some milliseconds). kNo: for what can be made again; a loss of power may leave it empty.
enum class Flush { kYes, kNo };

struct ReplaceOptions {
  mode_t mode = 0600;  // of a new file, less the umask
  Flush flush = Flush::kYes;
};

// Writes the parts, one after another, to a new name beside `path` (it ends in .new) and renames it over
// `path`: after a crash at any point `path` is the old file or the new one. A failure removes the new name, a
// crash leaves it.
// Errors: PERMISSION_DENIED (the folder is missing or not ours), RESOURCE_EXHAUSTED (disk full, or
// the path is a folder); each names the path, the system's reason and what to check.
absl::Status ReplaceFile(const std::string& path, std::initializer_list<std::string_view> parts,
                         ReplaceOptions options = {});

}  // namespace frontdesk::storage
