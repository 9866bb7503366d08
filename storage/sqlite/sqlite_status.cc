#include "storage/sqlite/sqlite_status.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace frontdesk::storage::sqlite {
namespace {

absl::string_view View(std::string_view s) { return {s.data(), s.size()}; }

std::string FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

bool IsOutOfSpace(int system_errno) {
  return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
}

}  // namespace

absl::Status StatusFromErrno(int system_errno, std::string_view doing, std::string_view path) {
  const std::string what =
      absl::StrCat(View(doing), " ", View(path), " failed: ", std::strerror(system_errno));
  switch (system_errno) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(
          absl::StrCat(what, "; check the path, its folder must exist: ", FolderOf(path)));
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(absl::StrCat(
          what, "; give this user read and write permission on the file and on ", FolderOf(path)));
    default:
      if (IsOutOfSpace(system_errno)) {
        return absl::ResourceExhaustedError(
            absl::StrCat(what, "; free space on the disk of ", FolderOf(path),
                         ", then try again: nothing acknowledged is lost"));
      }
      return absl::UnavailableError(absl::StrCat(what, "; check the disk"));
  }
}

absl::Status StatusFromSqlite(int code, int system_errno, std::string_view doing,
                              std::string_view path, std::string_view detail) {
  const std::string what = absl::StrCat(View(doing), " ", View(path), " failed: ", View(detail));
  if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY) {
    return absl::FailedPreconditionError(absl::StrCat(
        what,
        "; a crash left it half way and only a writer can tidy it: start the server on it once"));
  }
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return absl::OkStatus();
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(
          absl::StrCat(what, "; free space on the disk of ", FolderOf(path),
                       ", then try again: nothing acknowledged is lost"));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(
          absl::StrCat(what,
                       "; keep the file, run `frontdesk doctor`, and restore a backup with "
                       "`frontdesk restore`"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(
          absl::StrCat(what, "; another program holds the file: stop it, or try again"));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::PermissionDeniedError(absl::StrCat(
          what, "; give this user read and write permission on the file and on ", FolderOf(path)));
    case SQLITE_CANTOPEN:
      if (system_errno != 0) return StatusFromErrno(system_errno, doing, path);
      return absl::NotFoundError(absl::StrCat(
          what, "; check the path, its folder must exist and be writable: ", FolderOf(path)));
    case SQLITE_IOERR:
      if (IsOutOfSpace(system_errno)) return StatusFromErrno(system_errno, doing, path);
      return absl::UnavailableError(absl::StrCat(what, "; check the disk, then try again"));
    case SQLITE_NOMEM:
      return absl::ResourceExhaustedError(absl::StrCat(what, "; free memory, then try again"));
    case SQLITE_TOOBIG:
      return absl::InvalidArgumentError(absl::StrCat(what, "; the value is too large"));
    default:
      return absl::InternalError(absl::StrCat(what, " (SQLite code ", code, ")"));
  }
}

}  // namespace frontdesk::storage::sqlite
