// Events that record effects: what a turn learnt from outside the log and the
// bundle. Replay answers these from the record instead of asking again.
// Same rules as events/conversation_events.h; meanings in docs/events.md.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/events/conversation_events.h"

namespace frontdesk::dialog {

// A write is about to happen. Committed before the call, so that after a crash
// the adapter can be asked by `key`.
struct ToolPrepared {
  static constexpr std::string_view kKind = "tool.prepared";
  int64_t instance = 0;
  std::string step;
  int64_t visit = 0;
  std::string tool;
  nlohmann::json arguments;
  std::string key;       // hex HMAC of conversation, instance, step, visit, arguments
  std::string resource;  // what it writes to, e.g. "order:48213"; a doubtful result blocks it
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("step", step);
    a("visit", visit);
    a("tool", tool);
    a("arguments", arguments);
    a("key", key);
    a("resource", resource);
  }
};

struct ToolReturned {
  static constexpr std::string_view kKind = "tool.returned";
  int64_t instance = 0;
  std::string step;
  std::string tool;
  nlohmann::json arguments;
  std::string effect;    // "read", "write"
  std::string outcome;   // "ok","not_found","rejected","unavailable","timeout","unknown","blocked"
  nlohmann::json value;  // redacted, no fractions
  std::string message;
  std::string save;  // name under which the flow keeps the value
  int64_t at_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("step", step);
    a("tool", tool);
    a("arguments", arguments);
    a("effect", effect);
    a("outcome", outcome);
    a("value", value);
    a("message", message);
    a("save", save);
    a("at_ms", at_ms);
  }
};

// Order number + email were checked (tools/verification.h counts the tries).
struct VerificationChecked {
  static constexpr std::string_view kKind = "verification.checked";
  int64_t instance = 0;
  std::string order;
  std::string email;    // vault token
  std::string outcome;  // "verified", "failed", "locked", "unavailable"
  std::string customer;
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("order", order);
    a("email", email);
    a("outcome", outcome);
    a("customer", customer);
  }
};

struct RetrievedHit {
  std::string passage;  // hex hash
  std::string document;
  int64_t score_q = 0;  // fused, millionths
  int64_t cosine_q = 0;
  template <class A>
  void Describe(A& a) {
    a("passage", passage);
    a("document", document);
    a("score_q", score_q);
    a("cosine_q", cosine_q);
  }
};

struct Retrieved {
  static constexpr std::string_view kKind = "knowledge.retrieved";
  std::string query;
  std::string revision;
  std::vector<RetrievedHit> hits;  // best first
  template <class A>
  void Describe(A& a) {
    a("query", query);
    a("revision", revision);
    a("hits", hits);
  }
};

// One decoding. `token_ids` and `stop` are the record that replay decodes again.
struct Generated {
  static constexpr std::string_view kKind = "model.generated";
  std::string prompt_file;    // of the bundle
  std::string prompt_sha256;  // of all messages of the prompt
  std::string model_sha256;
  std::string numerics_version;
  int64_t prompt_tokens = 0;
  int64_t max_tokens = 0;
  // How the model's window was shared out and what was used of it: "window_tokens",
  // "answer_tokens", "passages_bytes", "passages_used", "summary_bytes", "summary_used".
  std::map<std::string, int64_t> budget;
  std::string stop;  // "end_of_turn","max_tokens","deadline","cancelled","context_full"
  std::vector<int64_t> token_ids;
  std::string text;
  bool grounded = false;  // held to the passages' sentences while it was decoded
  template <class A>
  void Describe(A& a) {
    a("prompt_file", prompt_file);
    a("prompt_sha256", prompt_sha256);
    a("model_sha256", model_sha256);
    a("numerics_version", numerics_version);
    a("prompt_tokens", prompt_tokens);
    a("max_tokens", max_tokens);
    a("budget", budget);
    a("stop", stop);
    a("token_ids", token_ids);
    a("text", text);
    a("grounded", grounded);
  }
};

// A candidate sentence was held against the passages.
struct SentenceChecked {
  static constexpr std::string_view kKind = "sentence.checked";
  std::string text;
  std::string from;  // "model", "extractive"
  bool shown = false;
  std::string rule;  // "supported", or the check that failed: "number", "negation", "entity", …
  std::map<std::string, int64_t> scores;  // millionths: coverage, similarity, support
  std::string passage;                    // best supporting passage, may be empty
  template <class A>
  void Describe(A& a) {
    a("text", text);
    a("from", from);
    a("shown", shown);
    a("rule", rule);
    a("scores", scores);
    a("passage", passage);
  }
};

}  // namespace frontdesk::dialog
