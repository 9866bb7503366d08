#include "tools/http/address_range.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool IsV4(const Address& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin());
}

Address FromV4(const uint8_t* four) {
  Address address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  std::copy(four, four + 4, address.bytes.begin() + 12);
  return address;
}

// IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates).
const std::vector<AddressRange>& SpecialRanges() {
  static const std::vector<AddressRange> ranges = [] {
    std::vector<AddressRange> list;
    for (const char* text :
         {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
          "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
          "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"}) {
      list.push_back(*AddressRange::Parse(text));
    }
    return list;
  }();
  return ranges;
}

bool IsPublicV4(const Address& address) {
  return std::none_of(SpecialRanges().begin(), SpecialRanges().end(),
                      [&](const AddressRange& range) { return range.Contains(address); });
}

}  // namespace

absl::StatusOr<Address> Address::Parse(std::string_view text) {
  const std::string copy(text);
  uint8_t four[4];
  if (inet_pton(AF_INET, copy.c_str(), four) == 1) return FromV4(four);
  Address address;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return absl::InvalidArgumentError(absl::StrCat("'", copy, "' is no IP address"));
}

absl::StatusOr<Address> Address::From(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address, sizeof in);
    return FromV4(reinterpret_cast<const uint8_t*>(&in.sin_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &address, sizeof in);
    Address result;
    std::memcpy(result.bytes.data(), &in.sin6_addr, 16);
    return result;
  }
  return absl::InvalidArgumentError("not an internet address");
}

bool Address::IsPublic() const {
  if (IsV4(*this)) return IsPublicV4(*this);
  static const AddressRange kGlobal = *AddressRange::Parse("2000::/3");
  static const AddressRange kNat64 = *AddressRange::Parse("64:ff9b::/96");
  static const AddressRange k6to4 = *AddressRange::Parse("2002::/16");
  static const AddressRange kProtocols = *AddressRange::Parse("2001::/23");  // Teredo among them
  static const AddressRange kDocuments = *AddressRange::Parse("2001:db8::/32");
  static const AddressRange kDocuments2 = *AddressRange::Parse("3fff::/20");
  if (kNat64.Contains(*this)) return IsPublicV4(FromV4(bytes.data() + 12));
  if (k6to4.Contains(*this)) return IsPublicV4(FromV4(bytes.data() + 2));
  return kGlobal.Contains(*this) && !kProtocols.Contains(*this) && !kDocuments.Contains(*this) &&
         !kDocuments2.Contains(*this);
}

absl::StatusOr<AddressRange> AddressRange::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  absl::StatusOr<Address> address = Address::Parse(text.substr(0, slash));
  if (!address.ok()) return address.status();
  AddressRange range{.first = *address};
  if (slash == std::string_view::npos) return range;
  const bool v4 = text.find(':') == std::string_view::npos;
  const std::string bits(text.substr(slash + 1));
  int prefix = 0;
  if (!absl::SimpleAtoi(bits, &prefix) || prefix < 0 || prefix > (v4 ? 32 : 128)) {
    return absl::InvalidArgumentError(absl::StrCat("'", bits, "' is no prefix length"));
  }
  range.prefix = v4 ? prefix + 96 : prefix;
  return range;
}

bool AddressRange::Contains(const Address& address) const {
  const int whole = prefix / 8;
  if (!std::equal(first.bytes.begin(), first.bytes.begin() + whole, address.bytes.begin())) {
    return false;
  }
  const int rest = prefix % 8;
  if (rest == 0) return true;
  const uint8_t mask = static_cast<uint8_t>(0xff << (8 - rest));
  return (first.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

}  // namespace frontdesk::tools
