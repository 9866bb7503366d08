// Events about the conversation as a whole and about one turn of it.
//
// Plain values. Each struct names its kind (kKind, what the store keeps beside
// the body) and describes its fields once (Describe), from which the codec of
// dialog/events.h writes and reads canonical JSON. Fields are integers, booleans,
// strings, lists of these or JSON without fractions: times are milliseconds since
// 1970 (…_ms), scores are millionths, money is cents.
// What each event means and when it is written: docs/events.md.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::dialog {

struct ConversationStarted {
  static constexpr std::string_view kKind = "conversation.started";
  std::string bundle_version;      // kept for the whole conversation
  std::string knowledge_revision;  // at the start; every answer records its own
  std::string numerics_version;
  std::string channel;           // "web", "cli", "grpc"
  std::string language;          // BCP 47 code; first guess, the customer's words decide
  std::string customer;          // empty until the person is known
  bool signed_identity = false;  // the business vouched for `customer` with a signed token
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("bundle_version", bundle_version);
    a("knowledge_revision", knowledge_revision);
    a("numerics_version", numerics_version);
    a("channel", channel);
    a("language", language);
    a("customer", customer);
    a("signed_identity", signed_identity);
    a("now_ms", now_ms);
  }
};

// One piece of personal data of a message: the token that stands for it.
struct PiiToken {
  std::string token;  // "<EMAIL_1>"
  std::string type;   // "EMAIL"
  template <class A>
  void Describe(A& a) {
    a("token", token);
    a("type", type);
  }
};

// A customer's message, already redacted. First event of every turn.
struct Received {
  static constexpr std::string_view kKind = "message.received";
  int64_t turn = 0;  // 1, 2, … within the conversation
  std::string request_id;
  std::string text;              // redacted, valid UTF-8
  std::vector<PiiToken> tokens;  // in order of appearance
  std::string owner;             // who owned the conversation: "assistant", "queue", agent id
  bool truncated = false;        // the message was longer than the bundle allows
  int64_t arrived_ms = 0;        // when the server took it (it may have waited for a turn)
  int64_t now_ms = 0;            // the turn's clock: every rule of the turn reads this
  template <class A>
  void Describe(A& a) {
    a("turn", turn);
    a("request_id", request_id);
    a("text", text);
    a("tokens", tokens);
    a("owner", owner);
    a("truncated", truncated);
    a("arrived_ms", arrived_ms);
    a("now_ms", now_ms);
  }
};

// What the screen thought of the message.
struct Screened {
  static constexpr std::string_view kKind = "message.screened";
  std::string verdict;  // "pass" or a class of policies/screen.yaml
  std::string rule;     // id of the rule that decided
  std::string action;   // "pass", "refuse", "warn", "handoff"
  int64_t score = 0;    // millionths
  template <class A>
  void Describe(A& a) {
    a("verdict", verdict);
    a("rule", rule);
    a("action", action);
    a("score", score);
  }
};

// What the message was understood to say: dialog/understand's result as JSON,
// kept whole because Decide reads nothing else about the message.
struct Understood {
  static constexpr std::string_view kKind = "message.understood";
  nlohmann::json understanding;
  bool angry = false;  // as negative as policy.yaml's escalation.sentiment
  template <class A>
  void Describe(A& a) {
    a("understanding", understanding);
    a("angry", angry);
  }
};

// A value that the customer gave, for a slot of a flow.
struct GivenSlot {
  std::string slot;
  std::string type;
  nlohmann::json value;
  std::string surface;
  template <class A>
  void Describe(A& a) {
    a("slot", slot);
    a("type", type);
    a("value", value);
    a("surface", surface);
  }
};

// A wish that understanding found and the policy did not act on.
struct PassedWish {
  std::string intent;   // empty: out of scope
  int64_t p = 0;        // millionths
  std::string judgement;  // "under_way": dialog/policy/judge_wish.h
  std::string because;    // plain words for `explain`
  template <class A>
  void Describe(A& a) {
    a("intent", intent);
    a("p", p);
    a("judgement", judgement);
    a("because", because);
  }
};

// Why a decision was taken: the rule's id, what it compared with what.
struct Reason {
  std::string rule;                           // "intent.start", "cue.cancel"
  std::string because;                        // plain words for `explain`
  std::map<std::string, int64_t> thresholds;  // millionths or counts
  std::map<std::string, int64_t> scores;
  std::vector<PassedWish> passed{};  // of the message's wishes, on the first command of a decision
  template <class A>
  void Describe(A& a) {
    a("rule", rule);
    a("because", because);
    a("thresholds", thresholds);
    a("scores", scores);
    a.Optional("passed", passed);
  }
};

// One command of the closed set (dialog/commands.h) about to be carried out.
struct Decided {
  static constexpr std::string_view kKind = "decision.made";
  nlohmann::json command;  // {"do": "start_flow", …}: CommandToJson
  Reason reason;
  template <class A>
  void Describe(A& a) {
    a("command", command);
    a("reason", reason);
  }
};

// Where a sentence comes from: bytes [begin, end) of a document.
struct Citation {
  std::string passage;   // hex passage hash
  std::string document;  // document id
  std::string title;
  std::vector<std::string> headings;
  std::string url;
  int64_t begin = 0, end = 0;  // of the supporting sentence in the document's bytes
  template <class A>
  void Describe(A& a) {
    a("passage", passage);
    a("document", document);
    a("title", title);
    a("headings", headings);
    a("url", url);
    a("begin", begin);
    a("end", end);
  }
};

// Words the customer sees. Vault tokens in `text` are rendered by the server for
// entitled recipients only.
struct Said {
  static constexpr std::string_view kKind = "reply.said";
  std::string text;
  std::string path;    // "model", "extractive", "template", "human", "refusal"
  std::string source;  // reply id, or "flow.step"
  int64_t variant = 0;
  std::vector<Citation> citations;  // never empty on paths model and extractive
  template <class A>
  void Describe(A& a) {
    a("text", text);
    a("path", path);
    a("source", source);
    a("variant", variant);
    a("citations", citations);
  }
};

// Close intents were put before the customer to choose from.
struct ClarificationAsked {
  static constexpr std::string_view kKind = "clarification.asked";
  std::vector<std::string> intents;
  std::vector<std::string> labels;
  std::string about;  // the customer's words that were unclear
  std::map<std::string, std::vector<GivenSlot>> given{};  // flow of an intent → values said so far
  int64_t again = 0;  // times it was asked before in a row
  template <class A>
  void Describe(A& a) {
    a("intents", intents);
    a("labels", labels);
    a("about", about);
    a.Optional("given", given);
    a.Optional("again", again);
  }
};

// The turn is over; nothing more follows from its message.
struct TurnCompleted {
  static constexpr std::string_view kKind = "turn.completed";
  int64_t turn = 0;
  std::string
      outcome;  // "answered","progressed","asked","refused","handed_off","silent","failed","ended"
  int64_t steps = 0;   // flow steps taken, of policy limits.steps_per_turn
  std::string detail;  // for "failed": what failed, without customer words
  template <class A>
  void Describe(A& a) {
    a("turn", turn);
    a("outcome", outcome);
    a("steps", steps);
    a("detail", detail);
  }
};

// A part that is missing or down, so the turn went on without it.
struct Degraded {
  static constexpr std::string_view kKind = "mode.degraded";
  std::string part;  // "embeddings", "model", "knowledge", "understanding", "tool:<name>"
  std::string detail;
  template <class A>
  void Describe(A& a) {
    a("part", part);
    a("detail", detail);
  }
};

struct CustomerBound {
  static constexpr std::string_view kKind = "customer.bound";
  std::string customer;
  std::string how;  // "order" (number + email), "identity" (signed token)
  std::string order;
  template <class A>
  void Describe(A& a) {
    a("customer", customer);
    a("how", how);
    a("order", order);
  }
};

struct ConsentChanged {
  static constexpr std::string_view kKind = "consent.changed";
  std::string purpose;
  bool granted = false;
  std::string source;        // "chat", "web_form", "agent"
  std::string text_version;  // of the wording that was shown
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("purpose", purpose);
    a("granted", granted);
    a("source", source);
    a("text_version", text_version);
    a("now_ms", now_ms);
  }
};

struct FeedbackGiven {
  static constexpr std::string_view kKind = "feedback.given";
  int64_t score = 0;  // 1..5
  std::string comment;
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("score", score);
    a("comment", comment);
    a("now_ms", now_ms);
  }
};

struct IdleNoticed {
  static constexpr std::string_view kKind = "idle.noticed";
  std::string action;  // "remind", "end"
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("action", action);
    a("now_ms", now_ms);
  }
};

struct ConversationEnded {
  static constexpr std::string_view kKind = "conversation.ended";
  std::string why;  // "idle", "customer", "resolved", "screen"
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("why", why);
    a("now_ms", now_ms);
  }
};

}  // namespace frontdesk::dialog
