// The only door from a turn to the business's systems: the declared tools, the
// adapters behind them, and the checks between.
//
// Thread-safe once every adapter is bound. Bind at start, call afterwards.
// Invariants: no adapter sees a call whose arguments, role, verification,
// consent, confirmation or idempotency key fail the declaration; what an adapter
// returns is cut down to the documented fields; a write that is not idempotent
// is attempted at most once.
//
// Example:
//   auto registry = Registry::FromYaml(text, "tools.yaml");
//   registry->Bind("crm", std::move(crm));
//   ToolResult result = registry->Call(call, absl::Now() + absl::Seconds(10));
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tools/adapter.h"
#include "tools/breaker.h"
#include "tools/catalogue.h"
#include "tools/tool.h"

namespace frontdesk::tools {

// What happened on the way of one call, for events and metrics: every attempt's
// outcome in order, and the breaker's state after the last.
struct CallRecord {
  std::vector<ToolResult::Outcome> attempts;  // empty: refused before any attempt
  BreakerState breaker = BreakerState::kClosed;
};

// Real time, replaced in tests. `sleep` is asked for the pauses between attempts.
struct Clock {
  std::function<absl::Time()> now = [] { return absl::Now(); };
  std::function<void(absl::Duration)> sleep = [](absl::Duration d) { absl::SleepFor(d); };
};

class Registry {
 public:
  // Parses tools.yaml; `file` is its name in errors.
  // Errors: INVALID_ARGUMENT with every fault, one line each: "file:line: what; remedy".
  static absl::StatusOr<Registry> FromYaml(std::string_view text, std::string_view file);
  explicit Registry(Catalogue catalogue, Clock clock = {});
  Registry(Registry&&);
  Registry& operator=(Registry&&);
  ~Registry();

  // Puts an adapter behind a name of the catalogue, replacing an earlier one.
  // Errors: NOT_FOUND (tools.yaml declares no adapter of that name).
  absl::Status Bind(std::string_view adapter_name, std::shared_ptr<Adapter> adapter);
  // Declared adapters that have no adapter bound; a call of their tools is kUnavailable.
  std::vector<std::string> Unbound() const;

  const Catalogue& catalogue() const;
  // The declaration, or nullptr. Lives as long as the registry.
  const ToolSpec* Find(std::string_view tool) const;

  // Checks, calls (with retries inside `deadline`) and checks the answer.
  // Never fails otherwise than by the result's outcome: an unknown tool, bad
  // arguments or missing rights are kRejected with the reason unknown_tool or one
  // of CheckCall's (tools/check_call.h).
  // record: filled when given.
  ToolResult Call(const ToolCall& call, absl::Time deadline, CallRecord* record = nullptr);

  // Adapter::FindByKey of the tool's adapter.
  // Errors: also NOT_FOUND (no such tool), UNAVAILABLE (no adapter bound).
  absl::StatusOr<std::optional<ToolResult>> FindByKey(std::string_view tool, std::string_view key,
                                                      absl::Time deadline);

  // Breaker of every adapter by name, for health, metrics and events.
  std::map<std::string, BreakerState> Breakers() const;

 private:
  struct Line;  // an adapter with its breaker
  ToolResult Attempts(const ToolSpec& spec, const ToolCall& call, absl::Time deadline, Line& line,
                      CallRecord& record);

  std::unique_ptr<const Catalogue> catalogue_;  // never moves: specs are handed out by pointer
  Clock clock_;
  std::map<std::string, std::unique_ptr<Line>, std::less<>> lines_;
};

}  // namespace frontdesk::tools
