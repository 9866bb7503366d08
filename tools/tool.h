// What a turn may do in the business's systems: the declaration of one tool,
// one call of it and one answer.
//
// A ToolSpec comes from tools.yaml (docs/tools.md), a ToolCall from a flow step
// or a human agent, a ToolResult from an adapter. All three are plain values:
// copy them freely, share them const between threads.
//
// Example:
//   ToolCall call{.tool = "orders.get", .arguments = {{"order_id", "48213"}},
//                 .principal = customer, .now = recorded_now};
//   ToolResult result = registry.Call(call, deadline);
//   if (result.outcome == ToolResult::Outcome::kOk) use(result.value["status"]);
//
// Invariants: arguments and values hold no floating point number (money is
// integer cents, dates are "YYYY-MM-DD", times RFC 3339 UTC), so that they can
// be recorded and hashed byte for byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace frontdesk::tools {

enum class Effect { kRead, kWrite };

// How well we know who is asking. Each level includes those before it.
// kOrder: gave an order's number and its email. kIdentity: signed token.
enum class Verification { kNone, kOrder, kIdentity };

// Who asks. kCustomer: the assistant on behalf of the customer it talks with.
// kSystem: the server itself (order verification, erasure jobs).
enum class Role { kCustomer, kAgent, kSupervisor, kOfficer, kSystem };

// Types of parameters and result fields; as JSON: kInteger, kAmount (cents) and
// kQuantity are integers, kBoolean is a boolean, kList an array of records or
// of strings, kRecord an object, everything else a string.
enum class ValueType {
  kText,
  kId,
  kOrderNumber,
  kEmail,
  kPhone,
  kName,
  kPostcode,
  kProduct,
  kDate,
  kTime,
  kChoice,
  kInteger,
  kAmount,
  kQuantity,
  kBoolean,
  kList,
  kRecord,
};

struct Parameter {
  std::string name;
  ValueType type = ValueType::kText;
  bool required = true;
  bool reveal = false;                      // the adapter may see the value behind a vault token
  std::vector<std::string> choices;         // kChoice only
  std::string pattern;                      // RE2, whole value; empty: any
  std::optional<int64_t> minimum, maximum;  // integers only
  int max_bytes = 1000;                     // strings only
  std::string about;
};

// One documented field of a result. Paths into a saved result
// (`order.days_since_delivery`) are checked against these when a bundle loads.
struct Field {
  std::string name;
  ValueType type = ValueType::kText;
  std::string personal;       // kind of personal data ("EMAIL", "PERSON", …) or empty
  std::vector<Field> fields;  // kRecord: its members; kList: members of each element
  std::string about;
};

struct ToolSpec {
  std::string name;  // "orders.get"
  std::string about;
  std::string adapter;  // name of an adapter of tools.yaml
  Effect effect = Effect::kRead;
  std::vector<Role> roles;
  Verification verification = Verification::kNone;
  std::string consent;   // purpose that must be granted ("personalised_offers"), or empty
  bool confirm = false;  // the customer must have confirmed exactly this call
  std::vector<Parameter> parameters;
  std::vector<Field> result;
  std::vector<std::string> reasons;  // reason codes that a rejection may carry
  std::string resource_parameter;    // what an unknown result blocks: a parameter or "customer"
  absl::Duration timeout = absl::Seconds(5);  // of one attempt
  int retries = 0;                            // further attempts after a failure that may pass
  bool idempotent = false;                    // a write repeated with the same key happens once
  int line = 0;                               // in tools.yaml

  const Parameter* FindParameter(std::string_view parameter) const;
  // The field at a dotted path, lists by name only ("lines.title"), or nullptr.
  const Field* FindField(std::string_view path) const;
};

// On whose behalf a call is made and what is known about them.
struct Principal {
  Role role = Role::kCustomer;
  std::string id;           // session or agent id, for counters and the record; never shown
  std::string customer_id;  // whose data may be reached; empty: nobody's
  Verification verification = Verification::kNone;
  std::vector<std::string> verified_orders;  // with kOrder: the orders that were proven
  std::vector<std::string> consents;         // purposes granted at this moment
};

struct ToolCall {
  std::string tool;
  nlohmann::json arguments = nlohmann::json::object();
  std::string idempotency_key;  // writes: never empty; the ledger's key
  Principal principal;
  absl::Time now;          // recorded time of the turn; adapters read no other clock
  bool confirmed = false;  // the customer (or the agent by acting) confirmed this call
};

// An answer. `value` is the result for kOk, {"reason": code} for kNotFound and
// kRejected, {} otherwise. `message` is for logs and engineers, never shown to a
// customer, and holds no personal data.
struct ToolResult {
  // kNotFound: no such thing for this customer. kRejected: a rule says no, nothing
  // happened. kUnavailable: nothing happened, later may work. kTimeout: no answer in
  // time to a read. kUnknown: a write may or may not have happened.
  enum class Outcome { kOk, kNotFound, kRejected, kUnavailable, kTimeout, kUnknown };
  Outcome outcome = Outcome::kOk;
  nlohmann::json value = nlohmann::json::object();
  std::string message;

  bool ok() const { return outcome == Outcome::kOk; }
  static ToolResult Ok(nlohmann::json value);
  static ToolResult NotFound(std::string_view reason, std::string_view message);
  static ToolResult Rejected(std::string_view reason, std::string_view message);
  static ToolResult Failed(Outcome outcome, std::string_view message);
  friend bool operator==(const ToolResult&, const ToolResult&) = default;
};

// Names as tools.yaml, events and .chat files write them ("read", "order",
// "customer", "order_number", "not_found"). Parse*: nullopt for other texts.
std::string_view Name(Effect effect);
std::string_view Name(Verification verification);
std::string_view Name(Role role);
std::string_view Name(ValueType type);
std::string_view Name(ToolResult::Outcome outcome);
std::optional<Effect> ParseEffect(std::string_view name);
std::optional<Verification> ParseVerification(std::string_view name);
std::optional<Role> ParseRole(std::string_view name);
std::optional<ValueType> ParseValueType(std::string_view name);
std::optional<ToolResult::Outcome> ParseOutcome(std::string_view name);

// {"outcome": "ok", "value": {…}, "message": "…"} and back. The form in which
// results stand in events and in the effect ledger.
// Errors: INVALID_ARGUMENT (not that shape, unknown outcome).
nlohmann::json ToJson(const ToolResult& result);
absl::StatusOr<ToolResult> ResultFromJson(const nlohmann::json& json);

// What an unknown result of this call blocks, e.g. "order:48213" or
// "customer:C00012" ("customer:?" and the session while unverified); empty for a
// tool without a resource.
std::string ResourceOf(const ToolSpec& spec, const nlohmann::json& arguments,
                       const Principal& principal);

}  // namespace frontdesk::tools
