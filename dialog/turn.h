// What the stages of one turn share: the parts to look things up in, the effects,
// the log that events go to, and a few words about how far the turn has come.
//
// One object per turn, one thread. Invariant: the conversation's state is the fold
// of what was emitted so far; after a failed commit it goes back to what is
// committed, and nothing more can be emitted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dialog/commands.h"
#include "dialog/conversation.h"
#include "dialog/effects.h"
#include "dialog/run_turn.h"

namespace frontdesk::dialog {

class TurnLog {
 public:
  TurnLog(Conversation& conversation, Effects& effects);

  const State& state() const { return conversation_.state; }

  // Applies the event to the state and keeps it for the next Commit.
  void Emit(Event event);
  // Goes with the next Commit.
  CommitRequest& next() { return next_; }
  // Makes everything emitted durable. The first failure stays: later calls return
  // it again, and ok() is false.
  absl::Status Commit(absl::Time now);
  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  Conversation& conversation_;
  Effects& effects_;
  const State begun_;           // as the turn found it
  std::vector<Event> emitted_;  // since; a failed commit goes back to begun_ and the first of them
  size_t committed_ = 0;        // how many of them are durable
  CommitRequest next_;
  absl::Status status_;
};

struct Turn {
  Turn(Conversation& conversation, const TurnParts& parts, Effects& effects)
      : bundle(parts.bundle),
        understander(parts.understander),
        effects(effects),
        conversation(conversation.id),
        log(conversation, effects) {}

  const Bundle& bundle;
  const understand::Understander& understander;
  Effects& effects;
  const storage::ConversationId conversation;
  TurnLog log;
  absl::Time now;

  bool asked_last = false;         // the last words were a question the customer should answer
  bool started_flow = false;       // a flow of this turn waits for an answer
  std::optional<HandOff> handoff;  // opened when all commands were carried out
  bool handed_off = false;         // a handoff was opened
  std::optional<FlowInstance> handed_flow;  // the flow that asked for it, as it stood
  std::string failed;                       // what broke, for TurnCompleted; no customer words

  const State& state() const { return log.state(); }
  void Emit(Event event) { log.Emit(std::move(event)); }
  int64_t now_ms() const { return absl::ToUnixMillis(now); }
};

}  // namespace frontdesk::dialog
