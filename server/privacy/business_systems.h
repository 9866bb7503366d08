// The two calls that a person's rights make to the business's systems, on behalf of the data
// protection officer: privacy.export_customer and privacy.erase_customer of tools.yaml.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "storage/ids.h"
#include "tools/registry.h"

namespace frontdesk::server {

// Calls a tool of the customer with the role system. key: of a write; empty for a read.
// A registry that is null, or that does not declare the tool, gives kRejected with the reason
// not_declared: nobody was asked.
tools::ToolResult CallAsOfficer(tools::Registry* registry, std::string_view tool,
                                const storage::CustomerId& customer, const std::string& key,
                                absl::Time now, absl::Duration limit);

}  // namespace frontdesk::server
