#include "storage/tables/steps.h"

#include <algorithm>

#include "storage/tables/conversation_table.h"
#include "storage/tables/event_table.h"
#include "storage/tables/ledger_table.h"
#include "storage/tables/queue_table.h"
#include "storage/tables/request_table.h"
#include "storage/tables/vault_table.h"

namespace frontdesk::storage::tables {
namespace {

using sqlite::Connection;
using sqlite::Query;

absl::Status ErasedError(const ConversationId& id) {
  return absl::FailedPreconditionError("conversation " + id.value() +
                                       " was erased and takes no more events");
}

absl::Status CheckEpoch(const Conversation& c, int64_t expected) {
  if (c.epoch == expected) return absl::OkStatus();
  return absl::FailedPreconditionError("conversation " + c.id.value() + " is at epoch " +
                                       std::to_string(c.epoch) + " and owned by '" + c.owner +
                                       "'; this write was made for epoch " +
                                       std::to_string(expected) + " and is refused");
}

absl::Status CheckFences(const Conversation& c, const AppendRequest& request) {
  if (request.expected_epoch.has_value()) {
    absl::Status status = CheckEpoch(c, *request.expected_epoch);
    if (!status.ok()) return status;
  }
  if (request.expected_last_sequence.has_value() &&
      *request.expected_last_sequence != c.last_sequence) {
    return absl::AbortedError("conversation " + c.id.value() + " has " +
                              std::to_string(c.last_sequence) + " events, not " +
                              std::to_string(*request.expected_last_sequence) +
                              "; read on and decide again");
  }
  if (request.owner.has_value()) return CheckEpoch(c, request.owner->expected_epoch);
  return absl::OkStatus();
}

absl::Status Bind(DataKeys& data_keys, ConversationRow& row, const CustomerId& customer,
                  int64_t now_ms) {
  Conversation& c = row.conversation;
  if (customer.empty()) return absl::InvalidArgumentError("a customer id is not empty");
  if (c.customer.has_value()) {
    if (*c.customer == customer) return absl::OkStatus();
    return absl::FailedPreconditionError("conversation " + c.id.value() +
                                         " is bound to another person");
  }
  auto wrapped = data_keys.Rewrap(c.id, row.key, customer, now_ms);
  if (!wrapped.ok()) return wrapped.status();
  row.key = *std::move(wrapped);
  c.customer = customer;
  return absl::OkStatus();
}

absl::Status CheckReasonEvent(const AppendRequest& request) {
  if (!request.queue.has_value() || !request.queue->reason_event.has_value() ||
      *request.queue->reason_event < request.events.size()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("the queue names event " +
                                    std::to_string(*request.queue->reason_event) +
                                    " of an append that has " +
                                    std::to_string(request.events.size()));
}

absl::Status ApplyEffects(Connection& db, const DataKey& key, const StoreKeys& keys,
                          const Conversation& c, const AppendRequest& request) {
  for (const LedgerUpdate& update : request.ledger) {
    absl::Status status = ApplyLedgerUpdate(db, key, keys.resource, c, update, request.now_ms);
    if (!status.ok()) return status;
  }
  for (const VaultEntry& entry : request.vault) {
    if (absl::Status status = InsertVault(db, key, c, entry); !status.ok()) return status;
  }
  if (!request.queue.has_value()) return absl::OkStatus();
  return ApplyQueueUpdate(db, c, *request.queue, request.now_ms);
}

absl::StatusOr<DataKey> OpenKey(const DataKeys& data_keys, const ConversationRow& row) {
  if (row.erased_ms.has_value()) return ErasedError(row.conversation.id);
  auto key = data_keys.Unwrap(row.conversation.id, row.key);
  if (absl::IsNotFound(key.status())) return ErasedError(row.conversation.id);
  return key;
}

// A creation that was asked for before: the conversation it made, or nothing when it is new.
absl::StatusOr<std::optional<ConversationRow>> FindCreated(Connection& db,
                                                           const DataKeys& data_keys,
                                                           const RequestKey& request) {
  if (absl::Status status = CheckRequestId(request.request_id); !status.ok()) return status;
  auto record = FindCreateRequest(db, request.request_id);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return std::nullopt;
  auto row = LoadConversationAt(db, (*record)->conversation);
  if (!row.ok()) return row.status();
  auto key = OpenKey(data_keys, *row);
  if (!key.ok()) return key.status();
  if (BodyTag(*key, request) != (*record)->body_tag) return OtherBodyError(request.request_id);
  return *std::move(row);
}

ConversationRow NewRow(const NewConversation& request, const WrappedKey& wrapped) {
  ConversationRow row;
  Conversation& c = row.conversation;
  c.id = request.id;
  c.bundle_version = request.bundle_version;
  c.knowledge_revision = request.knowledge_revision;
  c.customer = request.customer;
  c.attributes = request.attributes;
  c.owner = request.owner;
  c.state_tag = request.state_tag;
  c.created_ms = request.created_ms;
  c.updated_ms = request.created_ms;
  c.idle_deadline_ms = request.idle_deadline_ms;
  c.chain = FirstChain(request.id);
  row.key = wrapped;
  return row;
}

}  // namespace

StoreKeys::StoreKeys(const Keystore& keystore)
    : head(keystore.DeriveSecret("chain head")),
      resource(keystore.DeriveSecret("ledger resource")),
      attempt(keystore.DeriveSecret("attempts")) {}

absl::StatusOr<CreateOutcome> CreateStep(Connection& db, DataKeys& data_keys, const StoreKeys& keys,
                                         const NewConversation& request) {
  if (absl::Status status = CheckConversationId(request.id); !status.ok()) return status;
  if (absl::Status status = CheckEvents(request.events); !status.ok()) return status;
  if (request.customer.has_value() && request.customer->empty()) {
    return absl::InvalidArgumentError("a customer id is not empty");
  }
  if (request.request.has_value()) {
    auto before = FindCreated(db, data_keys, *request.request);
    if (!before.ok()) return before.status();
    if (before->has_value()) return CreateOutcome{(*before)->conversation, false};
  }
  auto key = data_keys.Create(request.id, request.customer, request.created_ms);
  if (!key.ok()) return key.status();
  ConversationRow row = NewRow(request, key->wrapped);
  if (absl::Status status = InsertConversation(db, row); !status.ok()) return status;
  absl::Status status = InsertEvents(db, key->key, keys.head, request.events, row);
  if (status.ok()) status = UpdateConversation(db, row);
  if (status.ok() && request.request.has_value()) {
    status = InsertCreateRequest(db, row.conversation.position, key->key, *request.request);
  }
  if (!status.ok()) return status;
  return CreateOutcome{std::move(row.conversation), true};
}

absl::StatusOr<AppendResult> AppendStep(Connection& db, DataKeys& data_keys, const StoreKeys& keys,
                                        const AppendRequest& request) {
  if (absl::Status status = CheckEvents(request.events); !status.ok()) return status;
  if (absl::Status status = CheckReasonEvent(request); !status.ok()) return status;
  auto row = LoadConversation(db, request.conversation);
  if (!row.ok()) return row.status();
  Conversation& c = row->conversation;
  auto key = OpenKey(data_keys, *row);
  if (!key.ok()) return key.status();

  absl::Status status;
  if (request.request.has_value()) status = CheckRequest(db, c.position, *key, *request.request);
  if (status.ok()) status = CheckFences(c, request);
  if (status.ok() && request.bind_customer.has_value()) {
    status = Bind(data_keys, *row, *request.bind_customer, request.now_ms);
  }
  if (status.ok()) status = ApplyEffects(db, *key, keys, c, request);
  if (!status.ok()) return status;

  const int64_t first = c.last_sequence + 1;
  status = InsertEvents(db, *key, keys.head, request.events, *row);
  if (!status.ok()) return status;
  if (request.owner.has_value()) {
    c.owner = request.owner->owner;
    ++c.epoch;
  }
  if (request.state_tag.has_value()) c.state_tag = *request.state_tag;
  if (request.idle_deadline_ms.has_value()) {
    c.idle_deadline_ms = request.idle_deadline_ms;
    if (*request.idle_deadline_ms == 0) c.idle_deadline_ms.reset();
  }
  c.updated_ms = std::max(c.updated_ms, request.now_ms);
  status = UpdateConversation(db, *row);
  if (status.ok() && request.request.has_value()) {
    status = InsertRequest(db, c.position, *key, *request.request, {first, c.last_sequence});
  }
  if (!status.ok()) return status;
  return AppendResult{first, c.last_sequence, c.epoch};
}

absl::Status EraseRows(Connection& db, int64_t position, int64_t now_ms, EraseReceipt& receipt) {
  const struct {
    const char* sql;
    int64_t* count;
  } parts[] = {
      {"UPDATE events SET body = NULL WHERE conversation = ?1 AND body IS NOT NULL",
       &receipt.events},
      {"DELETE FROM vault WHERE conversation = ?1", &receipt.vault_entries},
      {"UPDATE ledger SET resource_tag = NULL, resource = NULL, arguments = NULL, result = NULL"
       " WHERE conversation = ?1",
       &receipt.ledger_entries},
      {"DELETE FROM requests WHERE conversation = ?1", nullptr},
      {"DELETE FROM create_requests WHERE conversation = ?1", nullptr},
      {"DELETE FROM queue WHERE conversation = ?1", nullptr},
  };
  for (const auto& part : parts) {
    Query query(db, part.sql);
    if (absl::Status status = query.Bind(position).Run(); !status.ok()) return status;
    if (part.count != nullptr) *part.count += db.changes();
  }
  Query mark(db,
             "UPDATE conversations SET customer = NULL, attributes = '', state_tag = 'ended',"
             " idle_deadline_ms = NULL, wrapped_key = NULL, erased_ms = ?2 WHERE position = ?1");
  ++receipt.conversations;
  return mark.Bind(position, now_ms).Run();
}

}  // namespace frontdesk::storage::tables
