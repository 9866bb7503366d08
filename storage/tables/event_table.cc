#include "storage/tables/event_table.h"

#include <algorithm>
#include <string>

namespace frontdesk::storage::tables {
namespace {

using sqlite::AsBlob;
using sqlite::Blob;
using sqlite::Connection;
using sqlite::Query;

constexpr size_t kMaxKind = 64;
constexpr size_t kMaxBody = 4 << 20;

std::string BigEndian(int64_t number) {
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(static_cast<uint64_t>(number) >> (56 - 8 * i));
  }
  return bytes;
}

// Binds a body to its conversation, number and kind.
std::string BodyPlace(const ConversationId& id, int64_t sequence, std::string_view kind) {
  return "frontdesk event 1" + BigEndian(sequence) + std::string(kind) + "\n" + id.value();
}

}  // namespace

Digest FirstChain(const ConversationId& id) { return Sha256("frontdesk chain 1" + id.value()); }

Digest NextChain(const Digest& chain, int64_t sequence, std::string_view kind,
                 const Digest& body_digest) {
  std::string bytes(AsBytes(chain));
  bytes += BigEndian(sequence);
  bytes += kind;
  bytes += AsBytes(body_digest);
  return Sha256(bytes);
}

Digest HeadMac(const SecretKey& head_key, const Conversation& conversation) {
  return HmacSha256(head_key.bytes(), BigEndian(conversation.last_sequence) +
                                          std::string(AsBytes(conversation.chain)) +
                                          conversation.id.value());
}

absl::Status CheckEvents(std::span<const NewEvent> events) {
  for (const NewEvent& event : events) {
    const bool good =
        !event.kind.empty() && event.kind.size() <= kMaxKind &&
        std::all_of(event.kind.begin(), event.kind.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        });
    if (!good) {
      return absl::InvalidArgumentError(
          "an event's kind is 1 to 64 characters of a-z 0-9 _ ., this one is not");
    }
    if (event.body.size() > kMaxBody) {
      return absl::InvalidArgumentError("the body of an event " + event.kind + " has " +
                                        std::to_string(event.body.size()) +
                                        " bytes, at most 4194304 are allowed");
    }
  }
  return absl::OkStatus();
}

absl::Status InsertEvents(Connection& db, const DataKey& key, const SecretKey& head_key,
                          std::span<const NewEvent> events, ConversationRow& row) {
  Conversation& c = row.conversation;
  for (const NewEvent& event : events) {
    const int64_t sequence = c.last_sequence + 1;
    const std::string body = Seal(key.seal, event.body, BodyPlace(c.id, sequence, event.kind));
    const Digest digest = Sha256(body);
    const Digest chain = NextChain(c.chain, sequence, event.kind, digest);
    Query insert(db,
                 "INSERT INTO events (conversation, sequence, kind, body, digest, chain)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    insert.Bind(c.position, sequence, event.kind, Blob{body}, AsBlob(digest), AsBlob(chain));
    if (absl::Status status = insert.Run(); !status.ok()) return status;
    c.last_sequence = sequence;
    c.chain = chain;
  }
  row.chain_mac = HeadMac(head_key, c);
  return absl::OkStatus();
}

namespace {

absl::Status MissingError(const Connection& db, const ConversationId& id, int64_t sequence) {
  return absl::DataLossError("event " + std::to_string(sequence) + " of conversation " +
                             id.value() + " is missing in " + db.path() +
                             "; run `frontdesk doctor` and restore a backup");
}

}  // namespace

absl::StatusOr<std::vector<StoredEvent>> SelectEvents(Connection& db, const DataKey* key,
                                                      const Conversation& conversation,
                                                      int64_t after_sequence, int limit) {
  Query query(db,
              "SELECT sequence, kind, body, chain FROM events"
              " WHERE conversation = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3");
  after_sequence = std::max<int64_t>(after_sequence, 0);
  query.Bind(conversation.position, after_sequence, limit);
  std::vector<StoredEvent> events;
  // A damaged page can make SQLite skip rows without an error, so the numbers are checked.
  int64_t expected = after_sequence;
  while (query.Next()) {
    StoredEvent event{query.Int(0), query.Text(1), "", query.DigestAt(3), key == nullptr};
    if (event.sequence != ++expected) return MissingError(db, conversation.id, expected);
    if (key != nullptr) {
      auto body = Open(key->seal, query.BlobView(2),
                       BodyPlace(conversation.id, event.sequence, event.kind));
      if (!body.ok()) {
        return absl::DataLossError(
            "event " + std::to_string(event.sequence) + " of conversation " +
            conversation.id.value() + " in " + db.path() +
            " was changed and does not open; run `frontdesk doctor` and restore a backup");
      }
      event.body = *std::move(body);
    }
    events.push_back(std::move(event));
  }
  if (!query.status().ok()) return query.status();
  if (expected < conversation.last_sequence && static_cast<int64_t>(events.size()) < limit) {
    return MissingError(db, conversation.id, expected + 1);
  }
  return events;
}

absl::StatusOr<std::vector<StoredEvent>> SelectEventsOfKind(Connection& db, const DataKey* key,
                                                            const Conversation& conversation,
                                                            std::string_view kind) {
  Query query(db,
              "SELECT sequence, body, chain FROM events WHERE conversation = ?1 AND kind = ?2"
              " ORDER BY sequence");
  query.Bind(conversation.position, kind);
  std::vector<StoredEvent> events;
  while (query.Next()) {
    StoredEvent event{query.Int(0), std::string(kind), "", query.DigestAt(2), key == nullptr};
    if (key != nullptr) {
      auto body =
          Open(key->seal, query.BlobView(1), BodyPlace(conversation.id, event.sequence, kind));
      if (!body.ok()) {
        return absl::DataLossError("event " + std::to_string(event.sequence) + " of conversation " +
                                   conversation.id.value() + " was changed and does not open");
      }
      event.body = *std::move(body);
    }
    events.push_back(std::move(event));
  }
  if (!query.status().ok()) return query.status();
  return events;
}

namespace {

// Why the current row of the query does not continue the chain; empty when it does.
std::string Fault(Query& query, const DataKey* key, const ConversationRow& row, int64_t expected,
                  const Digest& chain) {
  const Conversation& c = row.conversation;
  const int64_t sequence = query.Int(0);
  if (sequence != expected) return "the event is missing";
  const std::string kind = query.Text(1);
  const Digest digest = query.DigestAt(3);
  if (query.IsNull(2)) {
    if (!row.erased_ms.has_value()) return "its body is missing";
  } else if (Sha256(query.BlobView(2)) != digest) {
    return "its body was changed";
  }
  if (NextChain(chain, sequence, kind, digest) != query.DigestAt(4)) {
    return "its kind, its digest or its chain value was changed";
  }
  if (key != nullptr && !query.IsNull(2) &&
      !Open(key->seal, query.BlobView(2), BodyPlace(c.id, sequence, kind)).ok()) {
    return "its body does not open with the conversation's key";
  }
  return "";
}

}  // namespace

absl::StatusOr<ChainReport> VerifyEvents(Connection& db, const DataKey* key,
                                         const SecretKey& head_key, const ConversationRow& row) {
  const Conversation& c = row.conversation;
  ChainReport report;
  const auto broken = [&report](int64_t sequence, std::string reason) {
    report.intact = false;
    report.first_bad_sequence = sequence;
    report.reason = std::move(reason);
    return report;
  };
  Digest chain = FirstChain(c.id);
  Query query(db,
              "SELECT sequence, kind, body, digest, chain FROM events"
              " WHERE conversation = ?1 ORDER BY sequence");
  query.Bind(c.position);
  while (query.Next()) {
    const int64_t expected = report.events + 1;
    std::string fault = Fault(query, key, row, expected, chain);
    if (!query.status().ok()) return broken(expected, "its chain value has a wrong size");
    if (!fault.empty()) return broken(expected, std::move(fault));
    chain = query.DigestAt(4);
    ++report.events;
  }
  if (!query.status().ok()) return query.status();
  if (report.events < c.last_sequence) {
    return broken(report.events + 1, "the log ends too early: " + std::to_string(c.last_sequence) +
                                         " events were acknowledged");
  }
  if (report.events > c.last_sequence) {
    return broken(c.last_sequence + 1, "the event was added behind the end");
  }
  if (chain != c.chain) return broken(report.events, "the chain does not end as the row says");
  if (!EqualInConstantTime(AsBytes(HeadMac(head_key, c)), AsBytes(row.chain_mac))) {
    return broken(report.events, "the signed end of the chain was changed: the log was rewritten");
  }
  return report;
}

}  // namespace frontdesk::storage::tables
