#include "tools/pii/pii_type.h"

namespace frontdesk::tools {
namespace {

constexpr std::array<std::string_view, kPiiTypeCount> kNames = {
    "EMAIL", "PHONE",         "CREDIT_CARD", "IBAN",    "SSN",      "IP",      "MAC",
    "URL",   "DATE_OF_BIRTH", "PERSON",      "ADDRESS", "POSTCODE", "ACCOUNT", "PASSPORT"};

}  // namespace

std::string_view PiiTypeName(PiiType type) { return kNames[static_cast<std::size_t>(type)]; }

std::optional<PiiType> PiiTypeFromName(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<PiiType>(i);
  }
  return std::nullopt;
}

}  // namespace frontdesk::tools
