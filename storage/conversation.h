// A conversation's row: what is known about it without opening any event.
//
// Values. Everything here is stored in the clear, so nothing here may be a customer's words or
// data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/event.h"
#include "storage/ids.h"

namespace frontdesk::storage {

// State of a log that is nobody's conversation, such as the record of what administrators did. It
// is sealed, chained and verified like any other, and listed only when asked for.
inline constexpr char kSystemStateTag[] = "system";

// Who made a request, and its body. A resend with the same id and body is recognised; the same id
// with another body is an error. body is kept only as an HMAC under the conversation's data key.
struct RequestKey {
  RequestId request_id;
  std::string body;
};

// Where the first answer to a request is found in the log.
struct RequestRecord {
  int64_t first_sequence = 0;
  int64_t last_sequence = 0;
};

struct NewConversation {
  ConversationId id;  // chosen by the caller; 1..128 characters of [A-Za-z0-9_.:-]
  BundleVersion bundle_version;
  KnowledgeRevision knowledge_revision;
  std::optional<CustomerId> customer;  // when already known, e.g. by a signed token
  std::string attributes;  // canonical JSON without personal data: channel, locale, cohort
  std::string owner = "assistant";
  std::string state_tag = "open";
  int64_t created_ms = 0;  // Unix time
  std::optional<int64_t> idle_deadline_ms;
  std::vector<NewEvent> events;  // the first events, in the same transaction
  // Makes creation safe to resend. Put the caller's identity into the id: ids share one name space.
  std::optional<RequestKey> request;
};

struct Conversation {
  ConversationId id;
  int64_t position = 0;  // grows in order of creation; the page token of ListConversations
  BundleVersion bundle_version;
  KnowledgeRevision knowledge_revision;
  std::optional<CustomerId> customer;
  std::string attributes;
  std::string owner;  // "assistant", "queue" or an agent's id
  int64_t epoch = 1;  // fencing number: grows by one with every change of owner
  std::string state_tag;
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
  std::optional<int64_t> idle_deadline_ms;
  int64_t last_sequence = 0;
  Digest chain{};  // chain of the last event
  bool erased = false;
};

// Which conversations to list; an unset field does not restrict.
struct ConversationFilter {
  std::optional<std::string> state_tag;  // kSystemStateTag: the server's own logs, left out otherwise
  std::optional<std::string> owner;
  std::optional<CustomerId> customer;
  std::optional<BundleVersion> bundle_version;
  std::optional<int64_t> created_from_ms;   // inclusive
  std::optional<int64_t> created_until_ms;  // exclusive
  bool newest_first = false;
  std::optional<int64_t> after_position;  // the last position of the page before
  int limit = 100;                        // 1..10000
};

}  // namespace frontdesk::storage
