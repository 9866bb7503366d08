#include "server/privacy/business_systems.h"

#include "absl/time/clock.h"

namespace frontdesk::server {

tools::ToolResult CallAsOfficer(tools::Registry* registry, std::string_view tool,
                                const storage::CustomerId& customer, const std::string& key,
                                absl::Time now, absl::Duration limit) {
  if (registry == nullptr || registry->Find(tool) == nullptr) {
    return tools::ToolResult::Rejected("not_declared", "the bundle declares no such tool");
  }
  tools::ToolCall call;
  call.tool = std::string(tool);
  call.idempotency_key = key;
  call.principal.role = tools::Role::kSystem;
  call.principal.id = "privacy";
  call.principal.customer_id = customer.value();
  call.principal.verification = tools::Verification::kIdentity;
  call.now = now;
  call.confirmed = true;
  return registry->Call(call, absl::Now() + limit);
}

}  // namespace frontdesk::server
