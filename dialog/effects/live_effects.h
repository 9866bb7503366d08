// The effects of a live turn: the store, the business's tools, the model, the
// documents, the clock.
//
// One object serves one turn (or one human action) of one conversation on one
// thread; LiveParts are shared by all and must outlive it. Invariants:
//  - what is committed carries the epoch the turn began with, so that a turn that
//    lost the conversation cannot say another word;
//  - a write whose key was not prepared by this object is asked for by key before
//    it is called: it may have happened before a crash;
//  - the documents are one snapshot from first to last.
//
//   LiveEffects effects(id, row.epoch, parts, {.request_id = "r-1", .request_body = text});
//   absl::Status done = RunTurn(conversation, input, turn_parts, effects);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/effects.h"
#include "llm/model.h"
#include "retrieval/embed_fn.h"
#include "retrieval/knowledge_base.h"
#include "storage/ids.h"
#include "storage/store.h"
#include "tools/pii/redact.h"
#include "tools/pii/vault_namer.h"
#include "tools/registry.h"
#include "tools/verification.h"

namespace frontdesk::dialog {

// What live effects reach. Borrowed; all thread-safe.
struct LiveParts {
  storage::Store& store;
  tools::Registry& registry;
  const tools::Redactor& redactor;
  const tools::OrderVerifier& verifier;
  const retrieval::KnowledgeBase& knowledge;
  retrieval::EmbedFn embed, features;                            // empty: no encoder
  llm::Model* model = nullptr;                                   // nullptr: no decoder
  std::function<int64_t(std::string_view team)> agents_on_duty;  // empty: nobody
  std::function<absl::Time()> clock;                             // empty: absl::Now
  std::string country = "IE";  // how phone numbers without + are read
  // Told how long each effect took: "redact", "embed", "retrieve", "decode", "tool", "verify",
  // "commit". Latencies stay out of the events. Empty: nobody wants to know.
  std::function<void(std::string_view stage, absl::Duration took)> observe;
};

// What is particular to one call.
struct LiveCall {
  std::string request_id;    // empty: not a client's request (idle, human action)
  std::string request_body;  // what a resend is held against
  std::string address;       // network address of the customer, for the count of tries
  absl::Time deadline = absl::InfiniteFuture();
  std::function<bool()> cancelled;  // empty: never
};

// At most k passages of a snapshot, copied out. Errors: those of KnowledgeSnapshot::Search.
absl::StatusOr<std::vector<FoundPassage>> SearchPassages(
    const retrieval::KnowledgeSnapshot& snapshot, std::string_view query, int k);

class LiveEffects : public Effects {
 public:
  LiveEffects(storage::ConversationId conversation, int64_t epoch, const LiveParts& parts,
              LiveCall call);
  ~LiveEffects() override;

  absl::Time Now() override;
  RedactedText Redact(std::string_view raw, const RedactionContext& context) override;
  absl::StatusOr<std::vector<std::vector<float>>> Embed(
      std::span<const std::string> texts) override;
  absl::StatusOr<std::vector<std::vector<float>>> Features(
      std::span<const std::string> texts) override;
  absl::StatusOr<std::vector<FoundPassage>> Search(std::string_view query, int k) override;
  std::string KnowledgeRevision() override;
  absl::StatusOr<llm::Generation> Generate(const llm::GenerateRequest& request) override;
  const llm::ModelInfo* Model() const override;
  std::string WriteKey(const WriteVisit& visit) override;
  ToolOutcome CallTool(const tools::ToolCall& call) override;
  VerificationOutcome VerifyOrder(std::string_view order, std::string_view email) override;
  int64_t AgentsOnDuty(std::string_view team) override;
  absl::Status Commit(const CommitRequest& request) override;
  bool Cancelled() const override;

  // The epoch after the last commit; another than at construction when the owner changed.
  int64_t epoch() const { return epoch_; }
  // Where the log ends after the commits so far, when they follow `sequence` and each other
  // without a stranger's event between them; nullopt otherwise.
  std::optional<int64_t> EndAfter(int64_t sequence) const;

 private:
  // The vault of the conversation, read when first needed.
  tools::VaultNamer& Namer();
  // Arguments with vault tokens replaced by their values where the tool may see them.
  nlohmann::json Resolve(const tools::ToolSpec& spec, const nlohmann::json& arguments);
  // Hides personal data in a tool's value: declared fields by their type, other texts by search.
  nlohmann::json HideFields(const nlohmann::json& value, const std::vector<tools::Field>& fields);
  std::string HideText(const std::string& text);
  // Whether the person consents to what the tool asks for, by the ledger as it stands now.
  bool StillConsented(const tools::ToolSpec& spec) const;
  // The answer of a write that a crash may have interrupted; nullopt: it never happened.
  std::optional<tools::ToolResult> AskByKey(const tools::ToolCall& call, absl::Time deadline);

  const storage::ConversationId conversation_;
  int64_t epoch_;
  const LiveParts& parts_;
  const LiveCall call_;
  const std::shared_ptr<const retrieval::KnowledgeSnapshot> knowledge_;
  std::unique_ptr<tools::VaultNamer> namer_;
  size_t vault_committed_ = 0;  // of namer_->added()
  bool request_recorded_ = false;
  std::optional<int64_t> first_sequence_;  // of the first commit
  int64_t last_sequence_ = 0;              // of the last one
  bool gapless_ = true;                    // nobody else appended between the commits
  std::set<std::string> prepared_;  // write keys that this object prepared
  std::set<std::string> blocked_;   // write keys whose resource is in doubt
};

}  // namespace frontdesk::dialog
