// The kinds of personal data that redaction knows, and their names on the wire.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace frontdesk::tools {

enum class PiiType : std::uint8_t {
  kEmail,
  kPhone,
  kCreditCard,
  kIban,
  kSsn,  // national ids of persons, of every country known here
  kIp,
  kMac,
  kUrl,
  kDateOfBirth,
  kPerson,
  kAddress,
  kPostcode,
  kAccount,  // bank account, sort code, routing number: by context
  kPassport,
};
inline constexpr std::size_t kPiiTypeCount = 14;

// The name as it stands in tokens and reports: "EMAIL", "CREDIT_CARD", …
std::string_view PiiTypeName(PiiType type);

// The inverse of PiiTypeName; nothing for any other text.
std::optional<PiiType> PiiTypeFromName(std::string_view name);

}  // namespace frontdesk::tools
