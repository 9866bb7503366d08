// The way to one of the business's systems. Two real ones: the demo shop's CRM
// (tools/crm/) and any HTTP/JSON service (tools/http/).
//
// Thread-safe: calls of many conversations arrive at once.
// Invariants: an adapter reads no clock for business rules (`call.now` is the
// time), never throws, and reports a write as kUnavailable only when it surely
// did not happen. It makes one attempt; retries, breaker and checks of the
// arguments are the registry's.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/tool.h"

namespace frontdesk::tools {

class Adapter {
 public:
  virtual ~Adapter() = default;

  // Does the call, or says why not. `call` was checked against its ToolSpec.
  // Blocks until `deadline` at most (wall clock). A write with an idempotency
  // key that was seen before returns the first result and does nothing.
  virtual ToolResult Call(const ToolCall& call, absl::Time deadline) = 0;

  // What became of the write with this key; asked after a crash or a timeout.
  // Returns its result, or nullopt when it surely never happened.
  // Errors: UNIMPLEMENTED (this system cannot tell: the write stays unknown),
  // UNAVAILABLE, DEADLINE_EXCEEDED (ask again later).
  virtual absl::StatusOr<std::optional<ToolResult>> FindByKey(std::string_view tool,
                                                              std::string_view key,
                                                              absl::Time deadline) = 0;
};

}  // namespace frontdesk::tools
