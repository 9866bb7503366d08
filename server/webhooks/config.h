// Which systems are told about conversations: the file of `serve --webhooks FILE`.
//
//   webhooks:
//     - name: crm
//       url: https://crm.example/hooks/frontdesk
//       secret_file: /etc/frontdesk/crm.secret      # signs every delivery
//       events: [conversation, handoff, outcome]
//   allow_hosts: [crm.example]                       # nothing else is ever connected to
//   private_ranges: [10.20.0.0/16]                   # besides public addresses; may be absent
//
// A value, validated whole when read. Format and signature: docs/webhooks.md.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/http/address_range.h"

namespace frontdesk::server {

struct WebhookEndpoint {
  std::string name;  // [a-z0-9_-]{1,40}
  std::string url;
  std::string secret;            // content of secret_file, at least 16 bytes
  std::set<std::string> events;  // of "conversation", "handoff", "outcome"
};

struct WebhookConfig {
  std::vector<WebhookEndpoint> endpoints;
  std::vector<tools::AddressRange> private_ranges;
  absl::Duration first_pause = absl::Seconds(1);  // doubled at every failure, up to ten minutes
  absl::Duration give_up = absl::Hours(24);       // after this a notice is dropped, with an error
};

// Errors: INVALID_ARGUMENT with every fault, NOT_FOUND (the file or a secret's file). http is
// allowed to loopback hosts only.
absl::StatusOr<WebhookConfig> ReadWebhookConfig(const std::string& path);

}  // namespace frontdesk::server
