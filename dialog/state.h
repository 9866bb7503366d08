// What is known about a conversation at one moment: a fold over its events.
//
// Values, no pointers; thread-safe as values are. Invariant: State is nothing but
// the fold, so two equal event lists give equal states, and Apply is the only code
// that changes one. Nothing here is decided, only remembered.
//
//   State state;
//   for (const Event& event : events) Apply(event, state);
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dialog/events.h"

namespace frontdesk::dialog {

struct SlotState {
  nlohmann::json value;
  std::string type;
  std::string surface;
  int64_t turn = 0;  // in which it was set
};

// A tool's value kept under a step's `save` name.
struct SavedResult {
  nlohmann::json value;
  std::string tool;
  nlohmann::json arguments;
  std::string step;
  int64_t at_ms = 0;
  bool stale = false;  // must be read again before it is used (a human acted, a slot changed)
};

// A write that this flow instance made; it cannot be taken back by a correction.
struct WriteDone {
  std::string step;
  std::string tool;
  nlohmann::json arguments;
  std::string outcome;
};

struct FlowInstance {
  int64_t instance = 0;
  std::string flow;
  std::string intent;
  std::string step;                       // where it stands
  std::map<std::string, int64_t> visits;  // step → times entered
  std::vector<std::string> trace;         // steps in the order entered, rewound by corrections
  std::map<std::string, SlotState> slots;
  std::map<std::string, SavedResult> results;
  std::map<std::string, int64_t> attempts;  // slot → times asked since last set
  std::string asked;                        // slot that was asked last; empty: none open
  int64_t reminders = 0;                    // times in a row it was asked again unanswered
  std::vector<nlohmann::json> options;      // values that question named, when not all
  std::optional<ConfirmationAsked> confirmation;
  std::optional<ConfirmationAsked> confirmed;
  std::vector<WriteDone> writes;
  std::set<std::string> told;  // "step\ntext" already said in this instance
  bool suspended = false;
  bool rewound = false;  // a correction walked it back at least once
};

struct FinishedFlow {
  int64_t instance = 0;
  std::string flow;
  std::string outcome;
  std::map<std::string, SlotState> slots;
  int64_t turn = 0;    // in which it ended
  bool wrote = false;  // something was done that a correction cannot take back
};

// The turn that has begun and not completed.
struct OpenTurn {
  Received received;
  Screened screened;
  nlohmann::json understanding;
  int64_t steps = 0;
  int64_t replies = 0;
  bool prepared_unanswered = false;  // a write was prepared and its result is not in the log
};

struct State {
  ConversationStarted started;
  std::string owner = "assistant";
  std::string language;
  std::string customer;
  bool signed_identity = false;
  std::set<std::string> verified_orders;
  std::string verified_email;  // vault token that proved an order
  std::map<std::string, bool> consents;

  std::vector<FlowInstance> stack;  // last: the one in front
  std::vector<FinishedFlow> finished;
  int64_t instances = 0;

  int64_t turns = 0;  // completed or open
  // The flow that ended in the turn before this one, while nothing else is going on; else null.
  const FinishedFlow* JustFinished() const {
    if (!stack.empty() || finished.empty() || finished.back().turn + 1 < turns) return nullptr;
    return &finished.back();
  }
  std::optional<OpenTurn> turn;
  int64_t last_active_ms = 0;

  std::optional<ClarificationAsked> clarification;
  std::vector<Said> last_replies;           // of the last turn that said something
  std::string last_question;                // last message answered from knowledge
  std::string last_order;                   // for "that order"
  int64_t misunderstood = 0;                // messages in a row nothing was made of
  int64_t negative = 0;                     // angry messages in a row
  std::map<std::string, int64_t> warnings;  // screen class → warnings given
  bool handoff_offered = false;             // the last question was whether to get a human
  std::string ticket;                       // open ticket of this conversation
  std::map<std::string, int64_t> said;      // source → times said, picks the wording
  bool reminded = false;                    // since the customer last wrote
  bool ended = false;
  std::set<std::string> degraded;

  std::vector<std::string> tried;   // for the summary packet, oldest first, at most 20
  std::vector<Citation> citations;  // shown so far, latest first, at most 8
  std::string last_failed_rule;
  int64_t sentiment = 0;

  bool assistant_owns() const { return owner == "assistant"; }
  FlowInstance* front() { return stack.empty() ? nullptr : &stack.back(); }
  const FlowInstance* front() const { return stack.empty() ? nullptr : &stack.back(); }
  FlowInstance* Find(int64_t instance);
};

// Adds one event. Total: an event that does not fit (an unknown instance) changes
// nothing, because the log is the truth and a fold must not fail on it.
// Cost: O(size of the event).
void Apply(const Event& event, State& state);

State Fold(std::span<const Event> events);

}  // namespace frontdesk::dialog
