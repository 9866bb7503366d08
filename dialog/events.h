// The closed set of events a conversation consists of, and their canonical JSON.
//
// Values; thread-safe as values are. Invariants: EncodeEvent writes one spelling
// only (keys sorted, no blanks, integers only, UTF-8), so equal events are equal
// bytes; DecodeEvent refuses any other spelling of the same event, unknown kinds
// and unknown or missing keys, so that decode → encode gives the stored bytes back.
//
//   EncodedEvent e = EncodeEvent(FlowSuspended{.instance = 3});
//   // e.kind == "flow.suspended", e.body == R"({"instance":3})"
//
// Table of all kinds and fields: docs/events.md.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "dialog/events/conversation_events.h"
#include "dialog/events/effect_events.h"
#include "dialog/events/flow_events.h"
#include "dialog/events/human_events.h"

namespace frontdesk::dialog {

using Event =
    std::variant<ConversationStarted, Received, Screened, Understood, Decided, Said,
                 ClarificationAsked, TurnCompleted, Degraded, CustomerBound, ConsentChanged,
                 FeedbackGiven, IdleNoticed, ConversationEnded,                                 //
                 FlowStarted, StepEntered, SlotSet, SlotRefused, Invalidated, SlotAsked,        //
                 ConfirmationAsked, ConfirmationClosed, FlowSuspended, FlowResumed, FlowEnded,  //
                 ToolPrepared, ToolReturned, VerificationChecked, Retrieved, Generated,
                 SentenceChecked,  //
                 HandedOff, AgentClaimed, AgentReplied, AgentWhispered, ReturnedToAssistant,
                 ClaimLost, Transferred, Resolved, AgentActed>;

// What the store keeps of an event.
struct EncodedEvent {
  std::string kind;
  std::string body;
  bool operator==(const EncodedEvent&) const = default;
};

// The kind of an event, e.g. "reply.said". A static string.
std::string_view KindOf(const Event& event);

// Canonical form. Total: JSON members that hold fractions, which no event may,
// break an invariant (CHECK); CanonicalJson cleans them at the effects' border.
EncodedEvent EncodeEvent(const Event& event);

// Errors: INVALID_ARGUMENT naming the kind and the member that is unknown,
// missing, of the wrong type, or not spelt canonically.
absl::StatusOr<Event> DecodeEvent(std::string_view kind, std::string_view body);

// JSON from outside (a tool's result) as events may hold it: fractions become
// decimal text, invalid UTF-8 is replaced, nesting deeper than 32 is cut to null.
nlohmann::json CanonicalJson(const nlohmann::json& json);

// Canonical text of JSON without fractions.
std::string CanonicalText(const nlohmann::json& json);

}  // namespace frontdesk::dialog
