// The tables `requests` and `create_requests`: what makes a resend return the first answer.
//
// Functions on a connection the caller owns.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/conversation.h"
#include "storage/sqlite/connection.h"
#include "storage/tables/data_keys.h"

namespace frontdesk::storage::tables {

// OK when the request is new, ALREADY_EXISTS when it came before, INVALID_ARGUMENT when it came
// before with another body or when its id is not 1..256 bytes.
absl::Status CheckRequest(sqlite::Connection& db, int64_t conversation, const DataKey& key,
                          const RequestKey& request);
absl::Status InsertRequest(sqlite::Connection& db, int64_t conversation, const DataKey& key,
                           const RequestKey& request, const RequestRecord& record);
absl::StatusOr<std::optional<RequestRecord>> FindRequest(sqlite::Connection& db,
                                                         int64_t conversation,
                                                         const RequestId& request_id);

// A creation: which conversation it made, and the tag of its body.
struct CreateRecord {
  int64_t conversation = 0;
  Digest body_tag{};
};
absl::StatusOr<std::optional<CreateRecord>> FindCreateRequest(sqlite::Connection& db,
                                                              const RequestId& request_id);
absl::Status InsertCreateRequest(sqlite::Connection& db, int64_t conversation, const DataKey& key,
                                 const RequestKey& request);

// HMAC of a request's body under the conversation's data key.
Digest BodyTag(const DataKey& key, const RequestKey& request);
// The error for a request that is resent with another body.
absl::Status OtherBodyError(const RequestId& request_id);
absl::Status CheckRequestId(const RequestId& request_id);

}  // namespace frontdesk::storage::tables
