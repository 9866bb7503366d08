// Events of the flow machine (dialog/flows). `instance` numbers the flows that a
// conversation started: 1, 2, …; the same flow twice is two instances.
// Same rules as events/conversation_events.h; meanings in docs/events.md.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace frontdesk::dialog {

struct FlowStarted {
  static constexpr std::string_view kKind = "flow.started";
  int64_t instance = 0;
  std::string flow;
  std::string intent;   // that asked for it; empty when another flow did
  bool queued = false;  // waits, suspended, behind the flow in front
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("queued", queued);
    a("flow", flow);
    a("intent", intent);
  }
};

struct StepEntered {
  static constexpr std::string_view kKind = "flow.step";
  int64_t instance = 0;
  std::string step;
  int64_t visit = 0;    // 1 for the first time in this instance
  std::string because;  // "start", "next", "go", "on not_found", "if <condition>", "else", "yes", …
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("step", step);
    a("visit", visit);
    a("because", because);
  }
};

struct SlotSet {
  static constexpr std::string_view kKind = "slot.set";
  int64_t instance = 0;
  std::string slot;
  nlohmann::json value;  // canonical; personal data is a vault token
  std::string type;
  std::string surface;  // the customer's words for it
  std::string source;   // "customer", "carried" (from an earlier flow), "set" (a set step)
  bool correction = false;
  nlohmann::json previous;  // null unless a correction
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("slot", slot);
    a("value", value);
    a("type", type);
    a("surface", surface);
    a("source", source);
    a("correction", correction);
    a("previous", previous);
  }
};

// A value was given but refused: the slot is asked again in other words.
struct SlotRefused {
  static constexpr std::string_view kKind = "slot.refused";
  int64_t instance = 0;
  std::string slot;
  std::string why;  // "no_match", "invalid", "unsure"
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("slot", slot);
    a("why", why);
  }
};

// Something that depended on a changed value no longer holds.
struct Invalidated {
  static constexpr std::string_view kKind = "flow.invalidated";
  int64_t instance = 0;
  std::string what;  // "slot", "result", "confirmation"
  std::string name;
  std::string because;  // the slot that changed, or "returned" after a human
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("what", what);
    a("name", name);
    a("because", because);
  }
};

struct SlotAsked {
  static constexpr std::string_view kKind = "slot.asked";
  int64_t instance = 0;
  std::string slot;
  int64_t attempt = 0;  // 1.. ; picks the wording
  std::vector<nlohmann::json> options;  // the values named in the question; empty: all there are
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("slot", slot);
    a("attempt", attempt);
    a("options", options);
  }
};

// What a yes would allow: this tool with these arguments, as read from that data.
struct ConfirmationAsked {
  static constexpr std::string_view kKind = "confirmation.asked";
  int64_t instance = 0;
  std::string step;
  int64_t visit = 0;
  std::string write_step;  // the call step that a yes leads to; empty when it leads to none
  std::string tool;
  nlohmann::json arguments;
  std::vector<std::string> reads;  // saved results it was based on
  std::string reads_digest;        // SHA-256 of their canonical values
  int64_t expires_ms = 0;
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("step", step);
    a("visit", visit);
    a("write_step", write_step);
    a("tool", tool);
    a("arguments", arguments);
    a("reads", reads);
    a("reads_digest", reads_digest);
    a("expires_ms", expires_ms);
  }
};

struct ConfirmationClosed {
  static constexpr std::string_view kKind = "confirmation.closed";
  int64_t instance = 0;
  std::string step;
  std::string answer;  // "yes", "no", "expired", "changed" (the data it was based on), "dropped"
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("step", step);
    a("answer", answer);
  }
};

struct FlowSuspended {
  static constexpr std::string_view kKind = "flow.suspended";
  int64_t instance = 0;
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
  }
};

struct FlowResumed {
  static constexpr std::string_view kKind = "flow.resumed";
  int64_t instance = 0;
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
  }
};

struct FlowEnded {
  static constexpr std::string_view kKind = "flow.ended";
  int64_t instance = 0;
  std::string outcome;  // "completed", "cancelled", "handed_off", "failed"
  std::string step;
  template <class A>
  void Describe(A& a) {
    a("instance", instance);
    a("outcome", outcome);
    a("step", step);
  }
};

}  // namespace frontdesk::dialog
