#include "storage/tables/attempt_table.h"

#include "storage/digest.h"

namespace frontdesk::storage::tables {
namespace {

using sqlite::AsBlob;
using sqlite::Connection;
using sqlite::Query;

}  // namespace

absl::StatusOr<int64_t> IncrementAttempts(Connection& db, const SecretKey& tag_key,
                                          const std::string& scope, const std::string& key,
                                          int64_t window_ms, int64_t now_ms) {
  if (scope.empty() || window_ms <= 0) {
    return absl::InvalidArgumentError("counting attempts needs a scope and a window over 0 ms");
  }
  {
    // A handful each time keeps the table as small as what is running.
    Query expired(db,
                  "DELETE FROM attempts WHERE (scope, key_tag) IN"
                  " (SELECT scope, key_tag FROM attempts WHERE expires_ms <= ?1 LIMIT 8)");
    if (absl::Status status = expired.Bind(now_ms).Run(); !status.ok()) return status;
  }
  const Digest tag = HmacSha256(tag_key.bytes(), key);
  Query count(db,
              "INSERT INTO attempts (scope, key_tag, count, expires_ms) VALUES (?1, ?2, 1, ?4)"
              " ON CONFLICT (scope, key_tag) DO UPDATE SET"
              " count = CASE WHEN expires_ms <= ?3 THEN 1 ELSE count + 1 END,"
              " expires_ms = CASE WHEN expires_ms <= ?3 THEN ?4 ELSE expires_ms END"
              " RETURNING count");
  count.Bind(scope, AsBlob(tag), now_ms, now_ms + window_ms);
  const int64_t attempts = count.Next() ? count.Int(0) : 0;
  if (absl::Status status = count.Run(); !status.ok()) return status;
  return attempts;
}

absl::Status RemoveAttempts(Connection& db, const SecretKey& tag_key, const std::string& scope,
                            const std::string& key) {
  const Digest tag = HmacSha256(tag_key.bytes(), key);
  Query remove(db, "DELETE FROM attempts WHERE scope = ?1 AND key_tag = ?2");
  return remove.Bind(scope, AsBlob(tag)).Run();
}

}  // namespace frontdesk::storage::tables
