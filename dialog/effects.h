// Everything a turn may do that is not a pure function of log and bundle.
//
// Two real implementations: LiveEffects (dialog/effects/live_effects.h: store,
// tools, model, clock) and ReplayEffects (dialog/replay/replay_effects.h: answers
// from recorded events). A turn reads no clock, no random number and no adapter
// otherwise. One object serves one turn on one thread.
//
// Invariant: each answer becomes part of an event in the same turn, in the order
// asked; that is what replay relies on.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dialog/events.h"
#include "storage/ledger.h"
#include "storage/queue.h"
#include "tools/tool.h"

namespace frontdesk::llm {
struct GenerateRequest;
struct Generation;
struct ModelInfo;
}  // namespace frontdesk::llm

namespace frontdesk::dialog {

// What redaction may know about the moment.
struct RedactionContext {
  std::string expected_pattern;  // RE2: the business number that was just asked, the bundle's own names
  bool name_asked = false;
  bool address_asked = false;
};

struct RedactedText {
  std::string text;
  std::vector<PiiToken> tokens;
};

// A passage as answering reads it; copied out of the knowledge snapshot.
struct FoundPassage {
  std::string hash;  // hex
  std::string document, title, url, language;
  std::vector<std::string> headings;
  std::string text;
  int64_t begin = 0;  // of text in the document's bytes
  // Where text stands in the document: (text byte, document byte), rising; empty: from
  // `begin` on without a gap.
  std::vector<std::pair<int64_t, int64_t>> runs;
  int64_t score_q = 0;   // fused, millionths
  int64_t cosine_q = 0;  // millionths; 0 without embeddings
};

// Where a write stands in its flow: what its key is made of.
struct WriteVisit {
  int64_t instance = 0;
  std::string step;
  int64_t visit = 0;
  std::string tool;
  nlohmann::json arguments;
};

struct ToolOutcome {
  tools::ToolResult result;  // value redacted and canonical (no fractions)
  bool blocked = false;      // the ledger refused: an earlier result on the resource is unknown
  absl::Time at;
};

struct VerificationOutcome {
  std::string outcome;  // "verified", "failed", "unavailable"
  std::string customer;
};

// One durable step of a turn; all of it or nothing.
struct CommitRequest {
  std::vector<EncodedEvent> events;
  std::vector<storage::LedgerUpdate> ledger;
  std::optional<std::string> new_owner;  // "assistant", "queue", agent id
  std::optional<storage::QueueUpdate> queue;
  std::optional<std::string> bind_customer;
  std::optional<std::string> state_tag;
  std::optional<int64_t> idle_deadline_ms;  // 0 clears
  int64_t now_ms = 0;
};

class Effects {
 public:
  virtual ~Effects() = default;

  // The turn's clock; asked once per turn or human action.
  virtual absl::Time Now() = 0;

  // Hides personal data; new vault entries go into the next Commit.
  virtual RedactedText Redact(std::string_view raw, const RedactionContext& context) = 0;

  // L2-normalised embeddings, or UNAVAILABLE without an encoder.
  virtual absl::StatusOr<std::vector<std::vector<float>>> Embed(
      std::span<const std::string> texts) = 0;

  // What understanding reads intents from (understand::FeatureFn), or UNAVAILABLE as Embed.
  virtual absl::StatusOr<std::vector<std::vector<float>>> Features(
      std::span<const std::string> texts) = 0;

  // At most k passages of the live knowledge, best first.
  virtual absl::StatusOr<std::vector<FoundPassage>> Search(std::string_view query, int k) = 0;
  virtual std::string KnowledgeRevision() = 0;

  // Decodes. Errors: UNAVAILABLE (no model), DEADLINE_EXCEEDED, CANCELLED.
  virtual absl::StatusOr<llm::Generation> Generate(const llm::GenerateRequest& request) = 0;
  // nullptr without a model.
  virtual const llm::ModelInfo* Model() const = 0;

  // Hex HMAC of conversation and visit.
  virtual std::string WriteKey(const WriteVisit& visit) = 0;

  // Calls a tool. Never fails otherwise than by the outcome. After a crash the
  // adapter is asked by `call.idempotency_key` before anything is called again.
  virtual ToolOutcome CallTool(const tools::ToolCall& call) = 0;

  // Order number + email (a vault token).
  virtual VerificationOutcome VerifyOrder(std::string_view order, std::string_view email) = 0;

  // Agents present for the team now; an empty team means any.
  virtual int64_t AgentsOnDuty(std::string_view team) = 0;

  // Makes events durable under the epoch the turn began with.
  // Errors: FAILED_PRECONDITION (somebody else owns the conversation now: the turn
  // must stop and say nothing), ABORTED, UNAVAILABLE, ALREADY_EXISTS.
  virtual absl::Status Commit(const CommitRequest& request) = 0;

  // The caller went away or the process drains: stop at the next safe point.
  virtual bool Cancelled() const = 0;
};

}  // namespace frontdesk::dialog
