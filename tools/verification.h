// Proving who a customer is: order number + email, or a signed identity token.
//
// Order + email stands guessing: five tries per order, per principal and per
// address within a day, counted durably before anything is looked up, whether
// they succeed or not; the answer is one and the same for an unknown order, a
// wrong email and too many tries, and the same work is done for each.
// A token is a JWT signed with HMAC-SHA256 that names customer, audience, expiry
// and a nonce; it is good once.
//
// Thread-safe when the functions given are.
//
// Example:
//   OrderVerifier verifier(CountAttemptsOf(store), FindOrderOwnerOf(registry), process_secret);
//   auto customer = verifier.Verify({"48213", "ada.quill@post.example", session, address}, now);
//   if (customer.ok() && customer->has_value()) principal.customer_id = **customer;
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace frontdesk::tools {

struct AttemptName {
  std::string scope, key;
};
// Adds one try under each name, all of them or none, and returns how many were made under each
// within `window` before `now`, this one included. Durable before it returns. Bound to the store.
using CountAttempts = std::function<absl::StatusOr<std::vector<int64_t>>(
    const std::vector<AttemptName>& names, absl::Duration window, absl::Time now)>;

struct OrderOwner {
  std::string customer_id;
  std::string email;
};
// Whose order that is; nullopt when there is none. Bound to a tool
// (customers.find_by_order) with the role kSystem. Errors: UNAVAILABLE.
using FindOrderOwner = std::function<absl::StatusOr<std::optional<OrderOwner>>(
    std::string_view order_number, absl::Time now)>;

struct OrderClaim {
  std::string order_number;
  std::string email;
  std::string principal;  // session or account that claims
  std::string address;    // network address it comes from
};

struct VerificationLimits {
  int tries = 5;
  absl::Duration window = absl::Hours(24);
};

class OrderVerifier {
 public:
  // secret: any 16 bytes or more; keys the comparison and the counters, so that
  // neither holds an email or an address in clear text.
  OrderVerifier(CountAttempts count, FindOrderOwner find, std::string secret,
                VerificationLimits limits = {});

  // The customer's id when the order is theirs; nullopt for every other case:
  // callers cannot tell, and must not tell, which. Emails match without regard
  // to case and surrounding space.
  // Errors: UNAVAILABLE (counters or CRM down: the try is not judged).
  absl::StatusOr<std::optional<std::string>> Verify(const OrderClaim& claim, absl::Time now) const;

 private:
  CountAttempts count_;
  FindOrderOwner find_;
  std::string secret_;
  VerificationLimits limits_;
};

// Remembers a nonce until `expiry`; true the first time, false ever after.
// Durable before it returns.
using ConsumeNonce =
    std::function<absl::StatusOr<bool>(std::string_view nonce, absl::Time expiry, absl::Time now)>;

struct IdentityClaims {
  std::string customer_id;                   // "sub"
  std::string audience;                      // "aud"
  std::string nonce;                         // "nonce", 16 bytes or more
  absl::Time issued = absl::InfinitePast();  // "iat", optional
  absl::Time expiry = absl::InfinitePast();  // "exp"
};

// The token a business's site hands to its signed-in customer.
// key: 32 bytes or more. Format: docs/tools.md.
std::string SignIdentityToken(const IdentityClaims& claims, std::string_view key);

class IdentityVerifier {
 public:
  IdentityVerifier(std::string key, std::string audience, ConsumeNonce consume,
                   absl::Duration longest_life = absl::Hours(1));

  // The claims of a token that is well formed, signed with HS256 and our key, for
  // this audience, unexpired, not valid longer than `longest_life` from now, and
  // never seen before.
  // Errors: UNAUTHENTICATED (one text for every reason), UNAVAILABLE (nonce store).
  absl::StatusOr<IdentityClaims> Verify(std::string_view token, absl::Time now) const;

 private:
  std::string key_, audience_;
  ConsumeNonce consume_;
  absl::Duration longest_life_;
};

}  // namespace frontdesk::tools
