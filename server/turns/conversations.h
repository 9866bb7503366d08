// Conversations as the server runs them: create, message, human action, idling,
// recovery. Everything gRPC handlers and replay tools call; nothing of gRPC itself.
//
// Thread-safe. Turns of one conversation run one after another on a lane; human
// actions do not wait for a turn, the owner's epoch keeps the two apart.
//
//   conversations.Create({.channel = "web"});
//   conversations.Send(id, {.text = "hi", .request_id = "r-1"}, control, [](absl::Status) {});
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dialog/effects/live_effects.h"
#include "dialog/reviews.h"
#include "dialog/run_turn.h"
#include "server/assistant/models.h"
#include "server/assistant/versions.h"
#include "server/metrics.h"
#include "server/presence.h"
#include "server/turns/conversation_cache.h"
#include "server/turns/cpu_meter.h"
#include "server/turns/lanes.h"
#include "server/turns/setup.h"
#include "storage/store.h"

namespace frontdesk::server {

struct CreateInput {
  std::string channel = "grpc";
  std::string language;
  std::string customer;  // proven by an identity token; empty: unknown
  // Makes a resend return the first answer; scoped by the caller. Empty: not resent.
  std::string request_id;
};

struct MessageInput {
  std::string text;
  std::string request_id;
  std::string address;  // of the customer, for the count of verification tries
  absl::Time deadline = absl::InfiniteFuture();
  std::function<bool()> cancelled;
  // What the store said a moment ago, for a caller who had to ask it anyway; nullopt: Send asks.
  struct Standing {
    bool seen = false;   // the request_id came before
    bool ended = false;  // the conversation
  };
  std::optional<Standing> standing;
};

struct AgentToolCall {
  std::string agent;
  int64_t epoch = 0;  // of the agent's claim
  std::string tool;
  nlohmann::json arguments;
  bool confirmed = false;
  std::string request_id;
};

class Conversations {
 public:
  Conversations(TurnWorld world, LaneOptions lanes);
  ~Conversations();

  // Opens a conversation with the active version and commits its greeting.
  absl::StatusOr<storage::Conversation> Create(const CreateInput& input);

  // What became of a message before its turn runs.
  enum class Taken { kQueued, kResent };
  // Queues a message behind the conversation's earlier ones. `done` runs once, on
  // the lane, when its turn is over. A resend has no turn of its own: the first answer is in
  // the log (its turn is continued when a crash had cut it), and done gets ALREADY_EXISTS.
  // Errors: NOT_FOUND, FAILED_PRECONDITION (ended), INVALID_ARGUMENT (the request_id
  // came before with another text), RESOURCE_EXHAUSTED, UNAVAILABLE (stopping).
  absl::StatusOr<Taken> Send(const storage::ConversationId& id, MessageInput input,
                             std::function<void(absl::Status)> done);

  // Commits a human action at once. expected_epoch: from the agent's claim. request_id: makes a
  // resend harmless (ALREADY_EXISTS counts as done); empty: none.
  // Errors: NOT_FOUND, ABORTED (another owner took over), FAILED_PRECONDITION.
  absl::StatusOr<storage::Conversation> Act(const storage::ConversationId& id,
                                            const dialog::HumanAction& action,
                                            std::optional<int64_t> expected_epoch,
                                            const std::string& request_id = "");

  // Records something besides turns, once for a request_id: consent, the customer's goodbye.
  // ends: the conversation takes no more messages.
  absl::Status Record(const storage::ConversationId& id, const std::string& request_id,
                      const dialog::Event& event, bool ends);
  // Records how content the customer is; the comment is redacted first. rating: 1..5.
  absl::Status Feedback(const storage::ConversationId& id, const std::string& request_id,
                        int rating, const std::string& comment);

  // Records a person's review of a conversation that has ended; its comment is redacted first.
  // Errors: NOT_FOUND, FAILED_PRECONDITION (it still goes on), INVALID_ARGUMENT (the request_id came
  // before with another review).
  absl::Status Review(const storage::ConversationId& id, const std::string& request_id,
                      dialog::Review review);

  // Runs a tool for the agent who owns the conversation; a write happens once for a request_id.
  // Errors: NOT_FOUND, INVALID_ARGUMENT (no such tool), ABORTED (another owner). What the tool
  // itself says is in the result.
  absl::StatusOr<tools::ToolResult> RunTool(const storage::ConversationId& id,
                                            const AgentToolCall& call);

  // What the conversation's customer has spent, in cents, by the tool customers.get; 0 when the
  // customer is not known or the tool does not say. Records nothing; may wait for the tool.
  int64_t CustomerValue(const storage::ConversationId& id);

  // Continues the turns that a crash or a drain left open; returns how many.
  int ResumeOpenTurns();
  // Reminds and closes conversations that idle; gives back claims whose lease ran out.
  void Sweep(absl::Time now);

  // Takes no more messages, lets running turns finish until `deadline`, then cancels them.
  void Drain(absl::Time deadline);
  size_t waiting() const { return lanes_.waiting(); }

 private:
  struct Lined;  // a message on its lane
  void RunMessage(const Lined& message);
  void Continue(const storage::ConversationId& id);
  absl::Status WithConversation(
      const storage::ConversationId& id, dialog::LiveCall call,
      const std::function<absl::Status(dialog::Conversation&, const dialog::TurnParts&,
                                       dialog::Effects&)>& body);

  TurnWorld world_;
  const tools::Redactor redactor_{};
  ConversationCache kept_;
  std::atomic<bool> cancel_all_ = false;
  CpuMeter meter_;
  Lanes lanes_;  // last: its threads use everything above
};

}  // namespace frontdesk::server
