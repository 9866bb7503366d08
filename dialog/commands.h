// The closed set of things a message may make the assistant do. The policy turns
// what was understood into commands; nothing else (no model, no tool) may.
//
// Values; thread-safe as values are.
//
//   Command c = StartFlow{.flow = "return_item", .intent = "return"};
//   CommandToJson(c);   // {"do":"start_flow","flow":"return_item","intent":"return"}
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialog/events/conversation_events.h"

namespace frontdesk::dialog {

struct StartFlow {
  std::string flow;
  std::string intent;
  std::vector<GivenSlot> slots;  // said in the same breath
};
// Goes on with the flow in front: new values, then its next step.
struct ContinueFlow {
  std::vector<GivenSlot> slots;
};
struct CorrectSlot {
  GivenSlot slot;
  std::vector<GivenSlot> more;  // said in the same breath: other corrections, and values still open
};
// The asked value was not recognised: ask again in other words.
struct AskAgain {
  std::string why;  // "no_match", "ambiguous", "dont_know"
  std::vector<nlohmann::json> options;  // values to choose from, when ambiguous
};
// Leaves an optional slot empty and goes on.
struct SkipSlot {};
struct AnswerConfirmation {
  bool yes = false;
};
struct CancelFlow {
  bool everything = false;  // also the flows that wait behind
};
struct GoBack {};
struct RepeatLast {};
// Puts close intents before the customer.
struct Clarify {
  std::vector<std::string> intents;
  std::string about;
  std::map<std::string, std::vector<GivenSlot>> given{};  // flow of an intent → values said so far
  int64_t again = 0;  // times it was asked before in a row
};
// Answers from the documents.
struct AnswerQuestion {
  std::string question;  // the part of the message that asks
  std::string intent;    // empty when none was recognised
};
// Says a reply of policies/replies.yaml (greeting, thanks, …).
struct SayReply {
  std::string reply;
};
struct Refuse {
  std::string reply;
  std::string why;
};
struct HandOff {
  std::string reason;
  std::string team;
  int64_t priority = 0;
  std::string reply;  // said before anything else, e.g. "crisis"; empty: nothing
};
// Nothing was understood: says so and offers a human.
struct FallBack {};
struct EndConversation {
  std::string why;
};

using Command = std::variant<StartFlow, ContinueFlow, CorrectSlot, AskAgain, SkipSlot,
                             AnswerConfirmation, CancelFlow, GoBack, RepeatLast, Clarify,
                             AnswerQuestion, SayReply, Refuse, HandOff, FallBack, EndConversation>;

struct ReasonedCommand {
  Command command;
  Reason reason;
};

// In the order in which they are carried out; never empty.
using Decision = std::vector<ReasonedCommand>;

// "start_flow", "continue_flow", … : the value of "do" in the event.
std::string_view NameOf(const Command& command);
nlohmann::json CommandToJson(const Command& command);

}  // namespace frontdesk::dialog
