// Network addresses and ranges in CIDR form, for the question "may we connect there?".
// Pure values, thread-safe.
//
// Example:
//   AddressRange lan = *AddressRange::Parse("10.20.0.0/16");
//   lan.Contains(*Address::Parse("10.20.3.4"));  // true
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

struct sockaddr;

namespace frontdesk::tools {

// An IPv6 address; IPv4 as ::ffff:a.b.c.d, so that both spellings of one are equal.
struct Address {
  std::array<uint8_t, 16> bytes{};

  // Errors: INVALID_ARGUMENT (no numeric IPv4 or IPv6 address).
  static absl::StatusOr<Address> Parse(std::string_view text);
  // Errors: INVALID_ARGUMENT (another address family).
  static absl::StatusOr<Address> From(const sockaddr& address);
  // True for an address of the public internet: not private, loopback, link-local,
  // shared, multicast, documentation, reserved or unspecified, nor an IPv6 form
  // that carries an IPv4 address of those (NAT64, 6to4, compatible).
  bool IsPublic() const;
};

struct AddressRange {
  Address first;
  int prefix = 128;  // bits of the IPv6 form, 0..128

  // "10.0.0.0/8", "::1/128", or one address. Errors: INVALID_ARGUMENT.
  static absl::StatusOr<AddressRange> Parse(std::string_view text);
  bool Contains(const Address& address) const;
};

}  // namespace frontdesk::tools
