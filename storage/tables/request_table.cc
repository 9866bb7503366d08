#include "storage/tables/request_table.h"

#include <string>

namespace frontdesk::storage::tables {

using sqlite::AsBlob;
using sqlite::Connection;
using sqlite::Query;

Digest BodyTag(const DataKey& key, const RequestKey& request) {
  return HmacSha256(key.tag.bytes(), "request\n" + request.body);
}

absl::Status OtherBodyError(const RequestId& request_id) {
  return absl::InvalidArgumentError("request_id " + request_id.value() +
                                    " was used before with another body; a new request needs a "
                                    "new request_id");
}

absl::Status CheckRequestId(const RequestId& request_id) {
  if (!request_id.empty() && request_id.value().size() <= 256) return absl::OkStatus();
  return absl::InvalidArgumentError("a request_id has 1 to 256 bytes");
}

absl::Status CheckRequest(Connection& db, int64_t conversation, const DataKey& key,
                          const RequestKey& request) {
  if (absl::Status status = CheckRequestId(request.request_id); !status.ok()) return status;
  Query query(db, "SELECT body_tag FROM requests WHERE conversation = ?1 AND request_id = ?2");
  query.Bind(conversation, request.request_id.value());
  if (!query.Next()) return query.status();
  if (query.DigestAt(0) != BodyTag(key, request)) return OtherBodyError(request.request_id);
  return absl::AlreadyExistsError("request_id " + request.request_id.value() +
                                  " was handled before");
}

absl::Status InsertRequest(Connection& db, int64_t conversation, const DataKey& key,
                           const RequestKey& request, const RequestRecord& record) {
  Query insert(db,
               "INSERT INTO requests (conversation, request_id, body_tag, first_sequence,"
               " last_sequence) VALUES (?1, ?2, ?3, ?4, ?5)");
  const Digest tag = BodyTag(key, request);
  return insert
      .Bind(conversation, request.request_id.value(), AsBlob(tag), record.first_sequence,
            record.last_sequence)
      .Run();
}

absl::StatusOr<std::optional<RequestRecord>> FindRequest(Connection& db, int64_t conversation,
                                                         const RequestId& request_id) {
  Query query(db,
              "SELECT first_sequence, last_sequence FROM requests"
              " WHERE conversation = ?1 AND request_id = ?2");
  query.Bind(conversation, request_id.value());
  std::optional<RequestRecord> record;
  if (query.Next()) record = RequestRecord{query.Int(0), query.Int(1)};
  if (!query.status().ok()) return query.status();
  return record;
}

absl::StatusOr<std::optional<CreateRecord>> FindCreateRequest(Connection& db,
                                                              const RequestId& request_id) {
  Query query(db, "SELECT conversation, body_tag FROM create_requests WHERE request_id = ?1");
  query.Bind(request_id.value());
  std::optional<CreateRecord> record;
  if (query.Next()) record = CreateRecord{query.Int(0), query.DigestAt(1)};
  if (!query.status().ok()) return query.status();
  return record;
}

absl::Status InsertCreateRequest(Connection& db, int64_t conversation, const DataKey& key,
                                 const RequestKey& request) {
  Query insert(db,
               "INSERT INTO create_requests (request_id, conversation, body_tag)"
               " VALUES (?1, ?2, ?3)");
  const Digest tag = BodyTag(key, request);
  return insert.Bind(request.request_id.value(), conversation, AsBlob(tag)).Run();
}

}  // namespace frontdesk::storage::tables
