// One signed HTTP POST to a webhook.
//
// Connects only where the configuration allows, checked for the very address after name
// resolution; follows no redirect; obeys no proxy; keeps nothing of the answer.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/webhooks/config.h"
#include "server/webhooks/notice.h"

namespace frontdesk::server {

// "t=1763632800,v1=<hex>": HMAC-SHA256 of "1763632800.BODY" under the endpoint's secret.
std::string SignatureOf(std::string_view secret, absl::Time when, std::string_view body);

// OK for an answer of 200 to 299. Errors: UNAVAILABLE (no connection, or another answer),
// PERMISSION_DENIED (the address is not allowed), DEADLINE_EXCEEDED (ten seconds).
absl::Status Post(const WebhookEndpoint& endpoint, const WebhookConfig& config,
                  const Notice& notice, absl::Time now);

}  // namespace frontdesk::server
