// One turn: a customer's message and all that follows from it.
//
// Each function takes a conversation that no other thread touches, works on its
// state, and commits events through `effects` as design demands: the message
// first, every write before and after its call, every sentence of an answer, and
// the end of the turn. State and log agree whenever a function returns: what was
// not committed is not in the state. docs/life_of_a_turn.md walks through it.
//
//   Conversation c = *LoadConversation(store, id);
//   LiveEffects effects(c.id, epoch, live_parts, {.request_id = "r-1"});
//   absl::Status done = RunTurn(c, {.text = "where is 48213?"}, parts, effects);
#pragma once

#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dialog/bundle/bundle.h"
#include "dialog/conversation.h"
#include "dialog/effects.h"

namespace frontdesk::understand {
class Understander;
}

namespace frontdesk::dialog {

// What a turn may look things up in; immutable during the turn, shared by many.
struct TurnParts {
  const Bundle& bundle;
  const understand::Understander& understander;
};

struct TurnInput {
  std::string text;  // as the customer typed it; valid UTF-8
  std::string request_id;
  absl::Time arrived;
};

struct OpenInput {
  std::string channel;
  std::string language;  // empty: the bundle's first
  std::string customer;  // empty: unknown
  bool signed_identity = false;
  std::string bundle_version;  // VersionOf(manifest); kept for the whole conversation
  std::string numerics_version;
};

// First events of a conversation: started, and the greeting when the bundle has one.
absl::Status OpenConversation(Conversation& conversation, const OpenInput& input,
                              const TurnParts& parts, Effects& effects);

// Runs one turn. While a human owns the conversation the message is recorded and
// nothing is said.
// Errors: FAILED_PRECONDITION (ended, or the owner changed meanwhile: what was
// committed stands, nothing more is said), ALREADY_EXISTS (request seen before),
// UNAVAILABLE / INTERNAL (the store failed; ResumeTurn continues).
absl::Status RunTurn(Conversation& conversation, const TurnInput& input, const TurnParts& parts,
                     Effects& effects);

// Continues the turn that a crash left open, from its committed events: effects
// already recorded are not asked again, a prepared write is looked up by key.
// No effect when no turn is open. Errors: as RunTurn.
absl::Status ResumeTurn(Conversation& conversation, const std::vector<Event>& log,
                        const TurnParts& parts, Effects& effects);

// The idle deadline passed: reminds once, then ends politely. No effect when the
// customer wrote meanwhile, a human owns the conversation, or it has ended.
absl::Status RunIdle(Conversation& conversation, const TurnParts& parts, Effects& effects);

// What a human agent did. Texts are redacted like a customer's.
struct Claim {
  std::string agent;
  int64_t lease_until_ms = 0;
};
struct Reply {
  std::string agent, text;
};
struct Whisper {
  std::string agent, text;
};
struct Return {
  std::string agent, note;
};  // assistant goes on; tool results are stale
struct Lose {
  std::string agent;
};  // the lease ran out: back to the queue
struct Transfer {
  std::string agent, team, note;
};  // to the queue of another team
struct Resolve {
  std::string agent, resolution;
};
struct Act {
  std::string agent, action;
  nlohmann::json detail;
};
using HumanAction = std::variant<Claim, Reply, Whisper, Return, Lose, Transfer, Resolve, Act>;

// Records a human action; the change of owner is in the same commit.
// Errors: FAILED_PRECONDITION (this agent does not own the conversation, or it ended).
absl::Status RunHumanAction(Conversation& conversation, const HumanAction& action,
                            const TurnParts& parts, Effects& effects);

}  // namespace frontdesk::dialog
