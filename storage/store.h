// The store: conversations, effects, personal values, documents and versions, on SQLite.
//
// One writer thread groups up to 64 waiting writes into one COMMIT with synchronous=FULL; readers
// have their own connections and never wait for it. A write returns after its COMMIT: what is
// acknowledged survives kill -9 and power loss, and what is not acknowledged is shown to nobody.
// A write that fails changes nothing, whatever else was in its group.
//
// Thread-safe, except that write calls must not be made from a commit listener or an append
// callback (they run on the writer thread; such a call is FAILED_PRECONDITION). AppendAsync is
// allowed there. Every call may also fail with: RESOURCE_EXHAUSTED (disk full, or the write queue
// is), DATA_LOSS (corrupt file), UNAVAILABLE (locked, input/output error), PERMISSION_DENIED. The
// text names the file and the remedy. Formats: docs/store_format.md, docs/keys.md.
//
//   auto store = Store::Open({.path = "data/frontdesk.db"});
//   (*store)->CreateConversation({.id = id, .bundle_version = version, .created_ms = now});
//   (*store)->Append({.conversation = id, .events = {{"received", R"({"text":"hi"})"}}});
//   auto events = (*store)->Read(id, /*after_sequence=*/0, /*limit=*/100);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/append.h"
#include "storage/conversation.h"
#include "storage/digest.h"
#include "storage/documents.h"
#include "storage/event.h"
#include "storage/ids.h"
#include "storage/ledger.h"
#include "storage/maintenance.h"
#include "storage/queue.h"
#include "storage/store_options.h"
#include "storage/vault.h"
#include "storage/versions.h"

namespace frontdesk::storage {

class Store {
 public:
  // Opens the store, creating file, keystore and key file on first start and migrating an older
  // schema. Errors: FAILED_PRECONDITION (newer schema, another program's file, another keystore),
  // UNAVAILABLE (another process has it open), and those of Keystore::Open.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const StoreOptions& options);
  // Finishes the queued writes, then closes.
  ~Store();

  // ---- Conversations and events -------------------------------------------------------------

  // Errors: ALREADY_EXISTS (the id is taken), INVALID_ARGUMENT (bad id, or request resent with
  // another body). A resent request returns the conversation it created the first time.
  absl::StatusOr<Conversation> CreateConversation(NewConversation conversation);
  // Errors: NOT_FOUND.
  absl::StatusOr<Conversation> GetConversation(const ConversationId& id) const;
  absl::StatusOr<std::vector<Conversation>> ListConversations(
      const ConversationFilter& filter) const;
  // Conversations whose idle deadline is at or before now_ms, the longest overdue first.
  absl::StatusOr<std::vector<Conversation>> ListIdle(int64_t now_ms, int limit) const;

  // Commits one atomic step; see append.h for its fields and errors. Blocks until COMMIT.
  absl::StatusOr<AppendResult> Append(AppendRequest request);
  // The same without blocking; done runs once, on the writer thread (or on this one when the queue
  // is full), and must be short.
  void AppendAsync(AppendRequest request, std::function<void(absl::StatusOr<AppendResult>)> done);

  // Committed events with sequence > after_sequence, in order, at most limit (1..100000).
  // Errors: NOT_FOUND (no such conversation), DATA_LOSS (a body that does not open, named).
  absl::StatusOr<std::vector<StoredEvent>> Read(const ConversationId& id, int64_t after_sequence,
                                                int limit) const;

  // The committed events of one kind, in order: the consents of a conversation, say.
  // Errors: as Read. Cost: O(events of the conversation), few of them opened.
  absl::StatusOr<std::vector<StoredEvent>> ReadKind(const ConversationId& id,
                                                    std::string_view kind) const;

  // A conversation as GetConversation tells it, and where the first answer to a request stands in
  // its log: nullopt when it never came. Both of one moment.
  struct WithRequest {
    Conversation conversation;
    std::optional<RequestRecord> request;
  };
  absl::StatusOr<WithRequest> FindRequest(const ConversationId& id,
                                          const RequestId& request_id) const;
  // HMAC of text under the conversation's data key: the fingerprint of personal text.
  // Errors: NOT_FOUND (unknown, or erased).
  absl::StatusOr<Digest> Fingerprint(const ConversationId& id, std::string_view text) const;

  // Called after each COMMIT on the writer thread, once per changed conversation and append (and
  // when an erasure takes it out of the queue), in commit order; must be short. Register, then
  // Read, and no event is lost. Removed by its number.
  struct Committed {
    const ConversationId& conversation;
    int64_t last_sequence = 0;
    bool queue_changed = false;  // the conversation's row in the queue was written or removed
    std::span<const NewEvent> events = {};  // the append's, up to last_sequence; of this call only
  };
  using CommitListener = std::function<void(const Committed&)>;
  int64_t AddCommitListener(CommitListener listener);
  // After it returns the listener is not running and will not be called again.
  void RemoveCommitListener(int64_t number);

  // ---- Effects, vault, queue, attempts ------------------------------------------------------

  absl::StatusOr<std::optional<LedgerEntry>> GetLedger(const std::string& key) const;
  // Entries whose result is not known to this process: to be asked for by key after a crash.
  absl::StatusOr<std::vector<LedgerEntry>> ListPrepared() const;
  absl::StatusOr<std::vector<LedgerEntry>> ListLedger(const ConversationId& id) const;
  // The prepared or unknown entry that blocks writes to the resource, if there is one.
  absl::StatusOr<std::optional<LedgerEntry>> BlockedResource(const std::string& resource) const;

  // Errors: NOT_FOUND (no such token, or erased).
  absl::StatusOr<std::string> RevealVault(const ConversationId& id, const std::string& token) const;
  // Every entry with its value, in order of creation; empty when erased.
  absl::StatusOr<std::vector<VaultEntry>> ListVault(const ConversationId& id) const;

  // Highest priority first, then the longest waiting.
  absl::StatusOr<std::vector<QueueEntry>> ListQueue(const QueueFilter& filter) const;

  // Counts one attempt under each name, all of them or none, and returns how many each has in its
  // current window, this one included. A window opens with its first attempt and lasts window_ms.
  // key is kept as an HMAC only.
  struct AttemptName {
    std::string scope, key;
  };
  absl::StatusOr<std::vector<int64_t>> CountAttempts(const std::vector<AttemptName>& names,
                                                     int64_t window_ms, int64_t now_ms);
  absl::Status ClearAttempts(const std::string& scope, const std::string& key);

  // ---- Persons ------------------------------------------------------------------------------

  // The same as AppendRequest::bind_customer without an event.
  absl::Status BindCustomer(const ConversationId& id, const CustomerId& customer);
  // Destroys the person's key; then every body, vault value and ledger text of the person's
  // conversations is gone and reads as erased. Repeating it is harmless, also after a crash.
  absl::StatusOr<EraseReceipt> EraseCustomer(const CustomerId& customer, int64_t now_ms);
  // The same for one conversation that is bound to nobody. FAILED_PRECONDITION when it is bound.
  absl::StatusOr<EraseReceipt> EraseConversation(const ConversationId& id, int64_t now_ms);
  // Ends the keeping of one conversation, whoever it belongs to: bodies, vault, ledger texts and the
  // wrapped key are removed as by an erasure, the person's other conversations stay. Backups from
  // before stay readable while the person's key lives.
  absl::StatusOr<EraseReceipt> ExpireConversation(const ConversationId& id, int64_t now_ms);
  // A secret of this installation for one purpose, stable across restarts: signing tokens.
  std::string DeriveSecret(std::string_view purpose) const;  // 32 bytes

  // ---- Documents and versions ---------------------------------------------------------------

  absl::Status ApplyDocuments(DocumentChange change);
  absl::Status PutDocument(DocumentRecord document);
  absl::Status DeleteDocument(const std::string& id, int64_t now_ms);
  absl::StatusOr<DocumentRecord> GetDocument(const std::string& id) const;
  // By id. Without bytes unless asked for.
  absl::StatusOr<std::vector<DocumentRecord>> ListDocuments(bool with_bytes) const;
  // The documents of a past revision, with bytes. Errors: NOT_FOUND.
  absl::StatusOr<std::vector<DocumentRecord>> ListDocumentsAt(
      const KnowledgeRevision& revision) const;
  absl::StatusOr<std::vector<RevisionRecord>> ListRevisions() const;

  // Bytes under their SHA-256: bundle files, artifacts. Putting the same twice keeps one.
  absl::StatusOr<Digest> PutBlob(std::string bytes);
  absl::StatusOr<std::string> GetBlob(const Digest& digest) const;

  // ALREADY_EXISTS when the version is there with another manifest; no error with the same.
  absl::Status PutVersion(VersionRecord version);
  absl::StatusOr<VersionRecord> GetVersion(const BundleVersion& version) const;
  absl::StatusOr<std::vector<VersionRecord>> ListVersions() const;  // oldest first
  // Moves a pointer. NOT_FOUND when it names a version that is not there.
  absl::Status SetPointer(PointerRecord pointer);
  absl::StatusOr<std::optional<PointerRecord>> GetPointer(const std::string& name) const;
  absl::StatusOr<std::vector<PointerRecord>> PointerHistory(const std::string& name) const;

  // ---- Care ---------------------------------------------------------------------------------

  // Recomputes the chain of one conversation. Errors: NOT_FOUND. A broken chain is not an error:
  // the report names the first bad event.
  absl::StatusOr<ChainReport> VerifyChain(const ConversationId& id) const;
  // Writes a consistent copy to a new file while the store serves; keys are not in it.
  // Errors: ALREADY_EXISTS (the file is there).
  absl::Status Backup(const std::string& path) const;
  // File structure, schema, keystore and, when deep, every chain. See maintenance.h.
  absl::StatusOr<IntegrityReport> CheckIntegrity(bool deep) const;
  StoreCounters counters() const;

 private:
  struct Parts;
  explicit Store(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace frontdesk::storage
