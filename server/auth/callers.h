// Who makes a call: every way of proving it, in one place, and nothing of gRPC.
//
// A bearer token decides: a conversation's, one of ours for a person, or the identity
// provider's. Without a token, a client certificate that TLS has verified makes a service.
// Thread-safe; key files are read again when they change.
//
//   Callers callers(std::move(options));
//   absl::StatusOr<Principal> who = callers.Identify({.peer = "ipv4:127.0.0.1:4000",
//                                                     .authorization = "Bearer fd1.…"}, now);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/auth/conversation_token.h"
#include "server/auth/disabled_users.h"
#include "server/auth/identity_provider.h"
#include "server/auth/principal.h"
#include "server/auth/user_token.h"
#include "server/auth/watched_file.h"

namespace frontdesk::server {

// What a call shows of its caller.
struct CallFacts {
  std::string peer;                          // as gRPC names it
  std::optional<std::string> authorization;  // metadata, whole
  std::optional<std::string> forwarded_for;  // metadata x-forwarded-for
  std::optional<std::string> certificate;    // name in a verified client certificate
};

struct CallersOptions {
  ConversationTokens conversations;
  std::string user_key_file;        // must exist
  std::string disabled_users_file;  // may be missing: nobody is disabled
  std::unique_ptr<IdentityProvider> provider;  // null: none
  // Addresses of proxies ("127.0.0.1") whose x-forwarded-for is believed. Empty: nobody's.
  std::vector<std::string> trusted_proxies;
};

class Callers {
 public:
  explicit Callers(CallersOptions options);

  // Errors: UNAUTHENTICATED; the text never tells which check of a token failed, but expiry.
  absl::StatusOr<Principal> Identify(const CallFacts& facts, absl::Time now) const;

  const ConversationTokens& conversation_tokens() const { return conversations_; }

 private:
  absl::StatusOr<Principal> FromToken(std::string_view token, absl::Time now) const;
  absl::StatusOr<Principal> FromUserToken(std::string_view token, absl::Time now) const;
  std::string AddressOf(const CallFacts& facts) const;

  const ConversationTokens conversations_;
  const WatchedFile<UserTokens> users_;
  const WatchedFile<DisabledUsers> disabled_;
  const std::string disabled_path_;
  const std::unique_ptr<IdentityProvider> provider_;
  const std::vector<std::string> trusted_proxies_;
};

}  // namespace frontdesk::server
