// SQLite's result codes as Statuses that name the file and say what to do.
//
// Pure functions, thread-safe. Every error of the engine passes through here, so each kind of
// trouble has one code and one text (docs/store_format.md, "When something is wrong").
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace frontdesk::storage::sqlite {

// code: an extended result code. system_errno: errno of the failed system call, 0 when none.
// doing: what was tried, as a gerund: "committing". detail: SQLite's own message.
//
//   FULL, or IOERR with ENOSPC/EDQUOT/EFBIG → RESOURCE_EXHAUSTED    CORRUPT, NOTADB → DATA_LOSS
//   BUSY, LOCKED → UNAVAILABLE   READONLY, PERM, AUTH → PERMISSION_DENIED
//   READONLY_ROLLBACK, READONLY_RECOVERY → FAILED_PRECONDITION (a writer has to open it first)
//   CANTOPEN → by errno NOT_FOUND or PERMISSION_DENIED   other IOERR → UNAVAILABLE
//   NOMEM → RESOURCE_EXHAUSTED   TOOBIG → INVALID_ARGUMENT   CONSTRAINT, MISUSE, … → INTERNAL
absl::Status StatusFromSqlite(int code, int system_errno, std::string_view doing,
                              std::string_view path, std::string_view detail);

// errno of a failed system call on path: ENOENT/ENOTDIR → NOT_FOUND, EACCES/EPERM/EROFS →
// PERMISSION_DENIED, ENOSPC/EDQUOT/EFBIG → RESOURCE_EXHAUSTED, others → UNAVAILABLE.
absl::Status StatusFromErrno(int system_errno, std::string_view doing, std::string_view path);

}  // namespace frontdesk::storage::sqlite
