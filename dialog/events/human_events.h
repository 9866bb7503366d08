// Events about human agents. The owner of a conversation changes only with
// HandedOff, AgentClaimed, ClaimLost, Transferred, ReturnedToAssistant and Resolved, each
// committed with an OwnerChange so that the store's epoch fences the old owner.
// Same rules as events/conversation_events.h; meanings in docs/events.md.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/events/conversation_events.h"

namespace frontdesk::dialog {

// What an agent reads first.
struct SummaryPacket {
  std::string wants;  // intent description
  std::string flow, step;
  nlohmann::json slots;            // name → value (vault tokens)
  std::vector<std::string> tried;  // "orders.get: ok", "asked order_id 3 times"
  std::vector<Citation> citations;
  std::string last_rule;   // last failed rule
  std::string last_words;  // the customer's last message, redacted
  std::string language;
  int64_t sentiment = 0;  // -1000..1000
  template <class A>
  void Describe(A& a) {
    a("wants", wants);
    a("flow", flow);
    a("step", step);
    a("slots", slots);
    a("tried", tried);
    a("citations", citations);
    a("last_rule", last_rule);
    a("last_words", last_words);
    a("language", language);
    a("sentiment", sentiment);
  }
};

struct HandedOff {
  static constexpr std::string_view kKind = "handoff.opened";
  std::string reason;  // reason code, docs/events.md
  std::string mode;    // "queue" (somebody is on duty), "ticket" (nobody is, or out of hours)
  std::string team;
  int64_t priority = 0;  // 0 normal, 1 high, 2 at once
  std::string ticket;    // id, in mode "ticket"
  bool in_hours = false;
  int64_t on_duty = 0;  // agents present for the team
  SummaryPacket packet;
  template <class A>
  void Describe(A& a) {
    a("reason", reason);
    a("mode", mode);
    a("team", team);
    a("priority", priority);
    a("ticket", ticket);
    a("in_hours", in_hours);
    a("on_duty", on_duty);
    a("packet", packet);
  }
};

struct AgentClaimed {
  static constexpr std::string_view kKind = "agent.claimed";
  std::string agent;
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("agent", agent);
    a("now_ms", now_ms);
  }
};

struct AgentReplied {
  static constexpr std::string_view kKind = "agent.replied";
  std::string agent;
  std::string text;  // redacted
  std::vector<PiiToken> tokens;
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("agent", agent);
    a("text", text);
    a("tokens", tokens);
    a("now_ms", now_ms);
  }
};

// A private note: agents see it, the customer never does.
struct AgentWhispered {
  static constexpr std::string_view kKind = "agent.whispered";
  std::string agent;
  std::string text;
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("agent", agent);
    a("text", text);
    a("now_ms", now_ms);
  }
};

struct ReturnedToAssistant {
  static constexpr std::string_view kKind = "agent.returned";
  std::string agent;
  std::string note;
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("agent", agent);
    a("note", note);
    a("now_ms", now_ms);
  }
};

// The agent vanished: the lease ran out and the conversation is back in the queue.
struct ClaimLost {
  static constexpr std::string_view kKind = "agent.lost";
  std::string agent;
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("agent", agent);
    a("now_ms", now_ms);
  }
};

// The agent gave the conversation to another team's queue.
struct Transferred {
  static constexpr std::string_view kKind = "agent.transferred";
  std::string agent;
  std::string team;
  std::string note;  // redacted; for the next agent
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("agent", agent);
    a("team", team);
    a("note", note);
    a("now_ms", now_ms);
  }
};

struct Resolved {
  static constexpr std::string_view kKind = "agent.resolved";
  std::string agent;
  std::string resolution;
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("agent", agent);
    a("resolution", resolution);
    a("now_ms", now_ms);
  }
};

// Anything else an agent did that the audit must show: "reveal", "tool", "tag", "review".
struct AgentActed {
  static constexpr std::string_view kKind = "agent.acted";
  std::string agent;
  std::string action;
  nlohmann::json detail;
  int64_t now_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("agent", agent);
    a("action", action);
    a("detail", detail);
    a("now_ms", now_ms);
  }
};

}  // namespace frontdesk::dialog
