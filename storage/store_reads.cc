// The calls of Store that only read: each on one snapshot of a read connection.
#include <memory>

#include "storage/store_parts.h"
#include "storage/tables/document_table.h"
#include "storage/tables/event_table.h"
#include "storage/tables/ledger_table.h"
#include "storage/tables/queue_table.h"
#include "storage/tables/request_table.h"
#include "storage/tables/vault_table.h"
#include "storage/tables/version_table.h"

namespace frontdesk::storage {
namespace {

using sqlite::Connection;
using tables::ConversationRow;
using tables::DataKey;

absl::Status ErasedError(const ConversationId& id) {
  return absl::NotFoundError("conversation " + id.value() + " was erased");
}

// The last loaded conversation is kept: entries of one conversation mostly come together.
template <typename KeyOf>
tables::KeyFinder MakeKeyFinder(Connection& db, KeyOf key_of) {
  struct Last {
    int64_t position = 0;
    ConversationId id;
    std::optional<DataKey> key;
  };
  auto last = std::make_shared<Last>();
  return [&db, key_of, last](int64_t position,
                             ConversationId* id) -> absl::StatusOr<std::optional<DataKey>> {
    if (last->position != position) {
      auto row = tables::LoadConversationAt(db, position);
      if (!row.ok()) return row.status();
      auto key = key_of(*row);
      if (!key.ok()) return key.status();
      last->id = row->conversation.id;
      last->key.reset();
      if (key->has_value()) last->key.emplace(**key);
      last->position = position;
    }
    *id = last->id;
    return last->key;
  };
}

}  // namespace

absl::StatusOr<Conversation> Store::GetConversation(const ConversationId& id) const {
  return parts_->WithReader([&](Connection& db) -> absl::StatusOr<Conversation> {
    auto row = tables::LoadConversation(db, id);
    if (!row.ok()) return row.status();
    auto erased = parts_->Erased(*row);
    if (!erased.ok()) return erased.status();
    row->conversation.erased = *erased;
    return std::move(row->conversation);
  });
}

absl::StatusOr<std::vector<Conversation>> Store::ListConversations(
    const ConversationFilter& filter) const {
  return parts_->WithReader(
      [&](Connection& db) { return tables::SelectConversations(db, filter); });
}

absl::StatusOr<std::vector<Conversation>> Store::ListIdle(int64_t now_ms, int limit) const {
  return parts_->WithReader([&](Connection& db) { return tables::SelectIdle(db, now_ms, limit); });
}

absl::StatusOr<std::vector<StoredEvent>> Store::Read(const ConversationId& id,
                                                     int64_t after_sequence, int limit) const {
  if (limit < 1 || limit > 100000) {
    return absl::InvalidArgumentError("the limit of a read is 1 to 100000 events");
  }
  return parts_->WithConversation(
      id, [&](Connection& db, ConversationRow& row, const DataKey* key) {
        return tables::SelectEvents(db, key, row.conversation, after_sequence, limit);
      });
}

absl::StatusOr<std::vector<StoredEvent>> Store::ReadKind(const ConversationId& id,
                                                         std::string_view kind) const {
  return parts_->WithConversation(
      id, [&](Connection& db, ConversationRow& row, const DataKey* key) {
        return tables::SelectEventsOfKind(db, key, row.conversation, kind);
      });
}

absl::StatusOr<Store::WithRequest> Store::FindRequest(const ConversationId& id,
                                                      const RequestId& request_id) const {
  return parts_->WithReader([&](Connection& db) -> absl::StatusOr<WithRequest> {
    auto row = tables::LoadConversation(db, id);
    if (!row.ok()) return row.status();
    auto erased = parts_->Erased(*row);
    if (!erased.ok()) return erased.status();
    auto request = tables::FindRequest(db, row->conversation.position, request_id);
    if (!request.ok()) return request.status();
    row->conversation.erased = *erased;
    return WithRequest{std::move(row->conversation), *request};
  });
}

absl::StatusOr<Digest> Store::Fingerprint(const ConversationId& id, std::string_view text) const {
  return parts_->WithConversation(
      id, [&](Connection&, ConversationRow&, const DataKey* key) -> absl::StatusOr<Digest> {
        if (key == nullptr) return ErasedError(id);
        return HmacSha256(key->tag.bytes(), "text\n" + std::string(text));
      });
}

absl::StatusOr<std::optional<LedgerEntry>> Store::GetLedger(const std::string& key) const {
  return parts_->WithReader([&](Connection& db) {
    const auto key_of = [this](const ConversationRow& row) { return parts_->KeyOf(row); };
    return tables::FindLedger(db, MakeKeyFinder(db, key_of), key);
  });
}

absl::StatusOr<std::vector<LedgerEntry>> Store::ListPrepared() const {
  return parts_->WithReader([&](Connection& db) {
    const auto key_of = [this](const ConversationRow& row) { return parts_->KeyOf(row); };
    return tables::SelectPrepared(db, MakeKeyFinder(db, key_of));
  });
}

absl::StatusOr<std::vector<LedgerEntry>> Store::ListLedger(const ConversationId& id) const {
  return parts_->WithConversation(id, [&](Connection& db, ConversationRow& row, const DataKey*) {
    const auto key_of = [this](const ConversationRow& r) { return parts_->KeyOf(r); };
    return tables::SelectLedgerOf(db, MakeKeyFinder(db, key_of), row.conversation.position);
  });
}

absl::StatusOr<std::optional<LedgerEntry>> Store::BlockedResource(
    const std::string& resource) const {
  return parts_->WithReader([&](Connection& db) {
    const auto key_of = [this](const ConversationRow& row) { return parts_->KeyOf(row); };
    return tables::FindBlocking(db, MakeKeyFinder(db, key_of), parts_->keys.resource, resource);
  });
}

absl::StatusOr<std::string> Store::RevealVault(const ConversationId& id,
                                               const std::string& token) const {
  return parts_->WithConversation(
      id,
      [&](Connection& db, ConversationRow& row, const DataKey* key) -> absl::StatusOr<std::string> {
        if (key == nullptr) return ErasedError(id);
        return tables::FindVault(db, *key, row.conversation, token);
      });
}

absl::StatusOr<std::vector<VaultEntry>> Store::ListVault(const ConversationId& id) const {
  return parts_->WithConversation(
      id,
      [&](Connection& db, ConversationRow& row,
          const DataKey* key) -> absl::StatusOr<std::vector<VaultEntry>> {
        if (key == nullptr) return std::vector<VaultEntry>();
        return tables::SelectVault(db, *key, row.conversation);
      });
}

absl::StatusOr<std::vector<QueueEntry>> Store::ListQueue(const QueueFilter& filter) const {
  return parts_->WithReader([&](Connection& db) { return tables::SelectQueue(db, filter); });
}

absl::StatusOr<DocumentRecord> Store::GetDocument(const std::string& id) const {
  return parts_->WithReader([&](Connection& db) { return tables::FindDocument(db, id); });
}

absl::StatusOr<std::vector<DocumentRecord>> Store::ListDocuments(bool with_bytes) const {
  return parts_->WithReader(
      [&](Connection& db) { return tables::SelectDocuments(db, with_bytes); });
}

absl::StatusOr<std::vector<DocumentRecord>> Store::ListDocumentsAt(
    const KnowledgeRevision& revision) const {
  return parts_->WithReader(
      [&](Connection& db) { return tables::SelectDocumentsAt(db, revision); });
}

absl::StatusOr<std::vector<RevisionRecord>> Store::ListRevisions() const {
  return parts_->WithReader([&](Connection& db) { return tables::SelectRevisions(db); });
}

absl::StatusOr<std::string> Store::GetBlob(const Digest& digest) const {
  return parts_->WithReader([&](Connection& db) { return tables::FindBlob(db, digest); });
}

absl::StatusOr<VersionRecord> Store::GetVersion(const BundleVersion& version) const {
  return parts_->WithReader([&](Connection& db) { return tables::FindVersion(db, version); });
}

absl::StatusOr<std::vector<VersionRecord>> Store::ListVersions() const {
  return parts_->WithReader([&](Connection& db) { return tables::SelectVersions(db); });
}

absl::StatusOr<std::optional<PointerRecord>> Store::GetPointer(const std::string& name) const {
  return parts_->WithReader([&](Connection& db) { return tables::FindPointer(db, name); });
}

absl::StatusOr<std::vector<PointerRecord>> Store::PointerHistory(const std::string& name) const {
  return parts_->WithReader([&](Connection& db) { return tables::SelectPointers(db, name); });
}

absl::StatusOr<ChainReport> Store::VerifyChain(const ConversationId& id) const {
  return parts_->WithConversation(id,
                                  [&](Connection& db, ConversationRow& row, const DataKey* key) {
                                    return tables::VerifyEvents(db, key, parts_->keys.head, row);
                                  });
}

}  // namespace frontdesk::storage
