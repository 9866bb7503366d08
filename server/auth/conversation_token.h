// The bearer token of one conversation: what a chat widget holds.
//
// Form: "fd1." + base64url(expiry seconds, 8 bytes big-endian | conversation id) + "." +
// base64url(HMAC-SHA256 of the part before the dot). It names nobody and opens
// nothing but its conversation. Immutable after construction, thread-safe.
//
//   ConversationTokens tokens(secret);
//   std::string token = tokens.Issue(id, now + absl::Hours(24));
//   absl::StatusOr<storage::ConversationId> id = tokens.Check(token, now);
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/ids.h"

namespace frontdesk::server {

class ConversationTokens {
 public:
  // secret: 32 random bytes that outlive restarts.
  explicit ConversationTokens(std::string secret) : secret_(std::move(secret)) {}

  std::string Issue(const storage::ConversationId& conversation, absl::Time expires) const;

  // Errors: UNAUTHENTICATED (not a token of ours, changed, expired).
  absl::StatusOr<storage::ConversationId> Check(std::string_view token, absl::Time now) const;

 private:
  std::string secret_;
};

}  // namespace frontdesk::server
