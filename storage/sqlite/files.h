// The few file operations that durability needs.
//
// Functions, thread-safe. Errors are those of StatusFromErrno and name the path.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace frontdesk::storage::sqlite {

bool FileExists(const std::string& path);
// "." when the path has no folder.
std::string FolderOf(const std::string& path);
// Makes a created or renamed name durable.
absl::Status SyncFolderOf(const std::string& path);
absl::Status SyncFile(const std::string& path);
// Copies to a new file of mode 0600 and syncs it; an existing file is replaced.
absl::Status CopyFile(const std::string& from, const std::string& to);
// Replaces `to`, durably.
absl::Status RenameFile(const std::string& from, const std::string& to);
// No error when there is no such file.
absl::Status RemoveFile(const std::string& path);

}  // namespace frontdesk::storage::sqlite
