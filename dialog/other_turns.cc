// What is not a customer's message but runs like one: the opening, idleness, and
// what human agents do.
#include "absl/strings/str_cat.h"
#include "dialog/flows/machine.h"
#include "dialog/hear.h"
#include "dialog/run_turn.h"
#include "dialog/say.h"
#include "dialog/turn.h"

namespace frontdesk::dialog {
namespace {

using Queue = storage::QueueUpdate::Action;

storage::QueueUpdate Row(Queue action, const std::string& agent, int64_t lease_ms = 0) {
  storage::QueueUpdate update;
  update.action = action;
  update.agent = storage::AgentId(agent);
  update.lease_until_ms = lease_ms;
  return update;
}

// Each action checks who owns the conversation, then writes its event and the change
// of owner into one commit.
struct Actor {
  Turn& turn;

  absl::Status Owns(const std::string& agent) const {
    if (turn.state().owner == agent) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("agent ", agent, " does not own this conversation; claim it first"));
  }

  absl::Status operator()(const Claim& c) {
    const std::string& owner = turn.state().owner;
    if (owner != "queue" && owner != "assistant" && owner != c.agent) {
      return absl::FailedPreconditionError("another agent owns this conversation");
    }
    if (owner == "assistant" && turn.state().ticket.empty()) {
      // Taken over without having been handed over: the queue learns of it first.
      turn.log.next().queue = Row(Queue::kEnqueue, "");
      turn.log.next().queue->reason = "takeover";
      turn.log.next().queue->team = turn.bundle.policy.team;
      if (absl::Status queued = turn.log.Commit(turn.now); !queued.ok()) return queued;
    }
    turn.Emit(AgentClaimed{c.agent, turn.now_ms()});
    turn.log.next().new_owner = c.agent;
    turn.log.next().queue = Row(Queue::kClaim, c.agent, c.lease_until_ms);
    turn.log.next().state_tag = "human";
    turn.log.next().idle_deadline_ms = 0;
    return absl::OkStatus();
  }

  absl::Status operator()(const Reply& c) {
    if (absl::Status owns = Owns(c.agent); !owns.ok()) return owns;
    RedactedText redacted = turn.effects.Redact(c.text, {});
    turn.Emit(AgentReplied{c.agent, redacted.text, redacted.tokens, turn.now_ms()});
    turn.Emit(Said{redacted.text, "human", c.agent, 0, {}});
    return absl::OkStatus();
  }

  absl::Status operator()(const Whisper& c) {
    RedactedText redacted = turn.effects.Redact(c.text, {});
    turn.Emit(AgentWhispered{c.agent, redacted.text, turn.now_ms()});
    return absl::OkStatus();
  }

  absl::Status operator()(const Return& c) {
    if (absl::Status owns = Owns(c.agent); !owns.ok()) return owns;
    RedactedText redacted = turn.effects.Redact(c.note, {});
    turn.Emit(ReturnedToAssistant{c.agent, redacted.text, turn.now_ms()});
    turn.log.next().new_owner = "assistant";
    turn.log.next().queue = Row(Queue::kRemove, c.agent);
    turn.log.next().state_tag = "open";
    turn.log.next().idle_deadline_ms = IdleDeadlineMs(turn);
    if (turn.state().front() == nullptr) {
      Speak(turn, "returned");
      return absl::OkStatus();
    }
    // The owner changes before tools are asked again: the epoch must be ours.
    if (absl::Status owner = turn.log.Commit(turn.now); !owner.ok()) return owner;
    ResumeAfterHuman(turn);
    return turn.log.ok() ? absl::OkStatus() : turn.log.status();
  }

  absl::Status operator()(const Lose& c) {
    if (absl::Status owns = Owns(c.agent); !owns.ok()) return owns;
    turn.Emit(ClaimLost{c.agent, turn.now_ms()});
    turn.log.next().new_owner = "queue";
    turn.log.next().queue = Row(Queue::kRelease, c.agent);
    turn.log.next().state_tag = "waiting";
    return absl::OkStatus();
  }

  absl::Status operator()(const Transfer& c) {
    if (absl::Status owns = Owns(c.agent); !owns.ok()) return owns;
    RedactedText redacted = turn.effects.Redact(c.note, {});
    turn.Emit(Transferred{c.agent, c.team, redacted.text, turn.now_ms()});
    turn.log.next().new_owner = "queue";
    turn.log.next().queue = Row(Queue::kEnqueue, "");
    turn.log.next().queue->reason = "transferred";
    turn.log.next().queue->team = c.team;
    turn.log.next().state_tag = "waiting";
    return absl::OkStatus();
  }

  absl::Status operator()(const Resolve& c) {
    if (absl::Status owns = Owns(c.agent); !owns.ok()) return owns;
    RedactedText redacted = turn.effects.Redact(c.resolution, {});
    turn.Emit(Resolved{c.agent, redacted.text, turn.now_ms()});
    turn.Emit(ConversationEnded{"resolved", turn.now_ms()});
    turn.log.next().queue = Row(Queue::kRemove, c.agent);
    turn.log.next().state_tag = "ended";
    turn.log.next().idle_deadline_ms = 0;
    return absl::OkStatus();
  }

  absl::Status operator()(const Act& c) {
    turn.Emit(AgentActed{c.agent, c.action, CanonicalJson(c.detail), turn.now_ms()});
    return absl::OkStatus();
  }
};

}  // namespace

absl::Status OpenConversation(Conversation& conversation, const OpenInput& input,
                              const TurnParts& parts, Effects& effects) {
  Turn turn(conversation, parts, effects);
  turn.now = effects.Now();
  ConversationStarted started;
  started.bundle_version = input.bundle_version;
  started.knowledge_revision = effects.KnowledgeRevision();
  started.numerics_version = input.numerics_version;
  started.channel = input.channel;
  started.language =
      input.language.empty() ? parts.bundle.assistant.languages.front() : input.language;
  started.customer = input.customer;
  started.signed_identity = input.signed_identity;
  started.now_ms = turn.now_ms();
  turn.Emit(std::move(started));
  // Nobody was greeted where people wrote to people.
  if (!parts.bundle.assistant.greeting.empty() && input.channel != "import")
    Speak(turn, parts.bundle.assistant.greeting);
  turn.log.next().state_tag = "open";
  turn.log.next().idle_deadline_ms = IdleDeadlineMs(turn);
  return turn.log.Commit(turn.now);
}

absl::Status RunIdle(Conversation& conversation, const TurnParts& parts, Effects& effects) {
  const State& state = conversation.state;
  if (state.ended || !state.assistant_owns() || state.turn) return absl::OkStatus();
  Turn turn(conversation, parts, effects);
  turn.now = effects.Now();
  const Assistant& assistant = parts.bundle.assistant;
  const absl::Duration silent = turn.now - absl::FromUnixMillis(state.last_active_ms);
  if (silent >= assistant.end_after) {
    turn.Emit(IdleNoticed{"end", turn.now_ms()});
    Speak(turn, "idle_end");
    turn.Emit(ConversationEnded{"idle", turn.now_ms()});
    turn.log.next().state_tag = "ended";
    turn.log.next().idle_deadline_ms = 0;
  } else if (silent >= assistant.remind_after && !state.reminded) {
    turn.Emit(IdleNoticed{"remind", turn.now_ms()});
    Speak(turn, "idle_reminder");
    turn.log.next().idle_deadline_ms = IdleDeadlineMs(turn);
  } else {
    return absl::OkStatus();
  }
  return turn.log.Commit(turn.now);
}

absl::Status RunHumanAction(Conversation& conversation, const HumanAction& action,
                            const TurnParts& parts, Effects& effects) {
  if (conversation.state.ended) return absl::FailedPreconditionError("the conversation has ended");
  Turn turn(conversation, parts, effects);
  turn.now = effects.Now();
  if (absl::Status acted = std::visit(Actor{turn}, action); !acted.ok()) return acted;
  return turn.log.Commit(turn.now);
}

}  // namespace frontdesk::dialog
