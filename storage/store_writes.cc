// The calls of Store that write: each is one piece of work for the writer thread.
#include <memory>

#include "storage/store_parts.h"
#include "storage/tables/attempt_table.h"
#include "storage/tables/document_table.h"
#include "storage/tables/version_table.h"

namespace frontdesk::storage {

using sqlite::Connection;
using sqlite::Query;
using sqlite::Transaction;

absl::StatusOr<Conversation> Store::CreateConversation(NewConversation conversation) {
  return parts_->WriteFor<Conversation>([this, &conversation](
                                            Transaction& t) -> absl::StatusOr<Conversation> {
    auto outcome = tables::CreateStep(t.db(), parts_->data_keys, parts_->keys, conversation);
    if (!outcome.ok()) return outcome.status();
    if (outcome->created) {
      const int64_t last = outcome->conversation.last_sequence;
      t.AfterCommit([this, &conversation, last] {
        parts_->Announce({conversation.id, last, false, conversation.events});
      });
    }
    return std::move(outcome->conversation);
  });
}

absl::StatusOr<AppendResult> Store::Append(AppendRequest request) {
  return parts_->WriteFor<AppendResult>([this, &request](Transaction& t) {
    auto result = tables::AppendStep(t.db(), parts_->data_keys, parts_->keys, request);
    if (result.ok()) {
      t.AfterCommit([this, &request, last = result->last_sequence] {
        parts_->Announce({request.conversation, last, request.queue.has_value(), request.events});
      });
    }
    return result;
  });
}

void Store::AppendAsync(AppendRequest request,
                        std::function<void(absl::StatusOr<AppendResult>)> done) {
  if (absl::Status status = parts_->CheckWritable(); !status.ok()) return done(status);
  struct Step {
    AppendRequest request;
    AppendResult result;
  };
  auto step = std::make_shared<Step>(Step{std::move(request), {}});
  parts_->writer->Submit(
      [this, step](Transaction& t) {
        auto result = tables::AppendStep(t.db(), parts_->data_keys, parts_->keys, step->request);
        if (!result.ok()) return result.status();
        step->result = *result;
        t.AfterCommit([this, step] {
          parts_->Announce({step->request.conversation, step->result.last_sequence,
                            step->request.queue.has_value(), step->request.events});
        });
        return absl::OkStatus();
      },
      [step, done = std::move(done)](absl::Status status) {
        if (status.ok()) {
          done(step->result);
        } else {
          done(std::move(status));
        }
      });
}

int64_t Store::AddCommitListener(CommitListener listener) {
  std::lock_guard lock(parts_->listeners_mutex);
  const int64_t number = parts_->next_listener++;
  parts_->listeners.emplace(number, std::move(listener));
  return number;
}

void Store::RemoveCommitListener(int64_t number) {
  std::lock_guard lock(parts_->listeners_mutex);
  parts_->listeners.erase(number);
}

absl::StatusOr<std::vector<int64_t>> Store::CountAttempts(const std::vector<AttemptName>& names,
                                                          int64_t window_ms, int64_t now_ms) {
  using Counts = std::vector<int64_t>;
  return parts_->WriteFor<Counts>([&](Transaction& t) -> absl::StatusOr<Counts> {
    Counts counts;
    for (const AttemptName& name : names) {
      auto count = tables::IncrementAttempts(t.db(), parts_->keys.attempt, name.scope, name.key,
                                             window_ms, now_ms);
      if (!count.ok()) return count.status();
      counts.push_back(*count);
    }
    return counts;
  });
}

absl::Status Store::ClearAttempts(const std::string& scope, const std::string& key) {
  return parts_->Write([&](Transaction& t) {
    return tables::RemoveAttempts(t.db(), parts_->keys.attempt, scope, key);
  });
}

absl::Status Store::BindCustomer(const ConversationId& id, const CustomerId& customer) {
  AppendRequest request;
  request.conversation = id;
  request.bind_customer = customer;
  return Append(std::move(request)).status();
}

namespace {

// Every conversation of the person; also the keys their conversations had before they were known.
absl::StatusOr<ErasureScope> ScopeOf(Connection& db, const CustomerId& customer) {
  ErasureScope scope;
  scope.key_names.push_back(tables::CustomerKeyName(customer));
  Query query(db,
              "SELECT id, position, last_sequence FROM conversations WHERE customer = ?1"
              " ORDER BY position");
  query.Bind(customer.value());
  while (query.Next()) {
    scope.conversations.push_back({ConversationId(query.Text(0)), query.Int(1), query.Int(2)});
    scope.key_names.push_back(tables::ConversationKeyName(scope.conversations.back().id));
  }
  if (!query.status().ok()) return query.status();
  return scope;
}

// One conversation; nothing when it was erased before.
ErasureScope ScopeOf(const tables::ConversationRow& row) {
  const Conversation& c = row.conversation;
  if (row.erased_ms.has_value()) return {};
  return {{{c.id, c.position, c.last_sequence}}, {tables::ConversationKeyName(c.id)}};
}

// Empties the write-ahead log, where the wiped pages still stand in their old form.
bool WipeLog(Connection& db) {
  Query wipe(db, "PRAGMA wal_checkpoint(TRUNCATE)");
  const bool wiped = wipe.Next() && wipe.Int(0) == 0;
  return wiped && wipe.Run().ok();
}

}  // namespace

// Keys first, durably: from that moment on nothing can be read, whatever happens to the rest.
absl::StatusOr<EraseReceipt> Store::Parts::Erase(const FindScope& find, int64_t now_ms) {
  bool wiped = false;
  auto receipt = WriteFor<EraseReceipt>([&](Transaction& t) -> absl::StatusOr<EraseReceipt> {
    auto scope = find(t.db());
    if (!scope.ok()) return scope.status();
    EraseReceipt receipt;
    if (scope->key_names.empty()) return receipt;
    auto destroyed = keystore->DestroyKeys(scope->key_names, now_ms);
    if (!destroyed.ok()) return destroyed.status();
    receipt.keys_destroyed = *destroyed;
    data_keys.Forget();  // at once: the keys are gone, whatever becomes of this transaction
    for (const ErasureScope::Target& target : scope->conversations) {
      absl::Status status = tables::EraseRows(t.db(), target.position, now_ms, receipt);
      if (!status.ok()) return status;
    }
    t.AfterCommit([this, &wiped, &db = t.db(), gone = std::move(scope->conversations)] {
      wiped = WipeLog(db);
      for (const ErasureScope::Target& target : gone)
        Announce({target.id, target.last_sequence, /*queue_changed=*/true});
    });
    return receipt;
  });
  if (receipt.ok()) receipt->log_wiped = wiped;
  return receipt;
}

absl::StatusOr<EraseReceipt> Store::EraseCustomer(const CustomerId& customer, int64_t now_ms) {
  if (customer.empty()) return absl::InvalidArgumentError("a customer id is not empty");
  return parts_->Erase([&](Connection& db) { return ScopeOf(db, customer); }, now_ms);
}

absl::StatusOr<EraseReceipt> Store::EraseConversation(const ConversationId& id, int64_t now_ms) {
  return parts_->Erase(
      [&](Connection& db) -> absl::StatusOr<ErasureScope> {
        auto row = tables::LoadConversation(db, id);
        if (!row.ok()) return row.status();
        if (row->conversation.customer.has_value()) {
          return absl::FailedPreconditionError("conversation " + id.value() +
                                               " is bound to a person; erase the person");
        }
        return ScopeOf(*row);
      },
      now_ms);
}

absl::StatusOr<EraseReceipt> Store::ExpireConversation(const ConversationId& id, int64_t now_ms) {
  return parts_->Erase(
      [&](Connection& db) -> absl::StatusOr<ErasureScope> {
        auto row = tables::LoadConversation(db, id);
        if (!row.ok()) return row.status();
        if (row->conversation.state_tag == kSystemStateTag) {
          return absl::FailedPreconditionError(id.value() + " is the server's own log and stays");
        }
        return ScopeOf(*row);
      },
      now_ms);
}

absl::Status Store::ApplyDocuments(DocumentChange change) {
  return parts_->Write(
      [&change](Transaction& t) { return tables::ApplyDocumentChange(t.db(), change); });
}

absl::Status Store::PutDocument(DocumentRecord document) {
  const int64_t now_ms = document.updated_ms;
  DocumentChange change;
  change.upserts.push_back(std::move(document));
  change.now_ms = now_ms;
  return ApplyDocuments(std::move(change));
}

absl::Status Store::DeleteDocument(const std::string& id, int64_t now_ms) {
  DocumentChange change;
  change.deletes.push_back(id);
  change.now_ms = now_ms;
  return ApplyDocuments(std::move(change));
}

absl::StatusOr<Digest> Store::PutBlob(std::string bytes) {
  return parts_->WriteFor<Digest>(
      [&bytes](Transaction& t) { return tables::InsertBlob(t.db(), bytes); });
}

absl::Status Store::PutVersion(VersionRecord version) {
  return parts_->Write(
      [&version](Transaction& t) { return tables::InsertVersion(t.db(), version); });
}

absl::Status Store::SetPointer(PointerRecord pointer) {
  return parts_->Write(
      [&pointer](Transaction& t) { return tables::InsertPointer(t.db(), pointer); });
}

}  // namespace frontdesk::storage
