// Names for hidden values: the same value has the same token all through a
// conversation, another value of the type the next number.
//
// A namer holds the values in clear and lives as long as one turn: it is filled
// from the conversation's vault before and its new entries go to the vault after.
// Tokens look like <EMAIL_1>; numbers count from 1 per type, in order of first use.
//
// Not thread-safe: one conversation has one turn at a time.
//
//   VaultNamer namer;
//   namer.TokenFor(PiiType::kEmail, "a@b.ie");   // "<EMAIL_1>"
//   namer.TokenFor(PiiType::kEmail, "a@b.ie");   // "<EMAIL_1>" again
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tools/pii/pii_type.h"

namespace frontdesk::tools {

struct VaultName {
  std::string token;  // "<EMAIL_1>"
  PiiType type = PiiType::kEmail;
  std::string value;  // canonical
};

class VaultNamer {
 public:
  // Takes up an entry of the stored vault. Errors: INVALID_ARGUMENT (the token is
  // not of the form <TYPE_n> with its type), ALREADY_EXISTS (the token stands for
  // another value).
  absl::Status Restore(const VaultName& name);

  // The token of a value, a new one if the value is new. value: canonical form.
  std::string TokenFor(PiiType type, std::string_view value);

  // The value behind a token; nothing for a token that was never given out.
  std::optional<std::string> ValueOf(std::string_view token) const;

  // What TokenFor added since construction, oldest first: to be stored.
  std::span<const VaultName> added() const { return added_; }

 private:
  std::map<std::pair<PiiType, std::string>, std::string> token_of_;
  std::map<std::string, std::string, std::less<>> value_of_;
  std::array<int, kPiiTypeCount> last_number_{};
  std::vector<VaultName> added_;
};

// Replaces typed tokens by look-alikes that no one resolves: "<EMAIL_1>" typed by
// a customer becomes "‹EMAIL_1›". Every byte outside such tokens stays.
std::string EscapeTypedTokens(std::string_view text);

// A token found in redacted text: its byte offsets and type.
struct TokenSpan {
  std::uint32_t begin = 0, end = 0;
  PiiType type = PiiType::kEmail;
};

// All well-formed tokens in text, left to right.
std::vector<TokenSpan> FindTokens(std::string_view text);

}  // namespace frontdesk::tools
