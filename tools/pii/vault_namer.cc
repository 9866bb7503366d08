#include "tools/pii/vault_namer.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"

namespace frontdesk::tools {
namespace {

constexpr int kMaxNumberDigits = 9;

struct ParsedToken {
  PiiType type;
  int number;
  std::size_t length;  // bytes, brackets included
};

// The token that starts at text[begin] == '<'; nothing when there is none.
std::optional<ParsedToken> ParseToken(std::string_view text, std::size_t begin) {
  constexpr std::size_t kLongest = 32;
  const std::size_t length = text.substr(begin, kLongest).find('>');
  if (length == std::string_view::npos) return std::nullopt;
  const std::size_t end = begin + length;
  const std::string_view inside = text.substr(begin + 1, length - 1);
  const std::size_t underscore = inside.rfind('_');
  if (underscore == std::string_view::npos) return std::nullopt;
  const auto type = PiiTypeFromName(inside.substr(0, underscore));
  const std::string_view digits = inside.substr(underscore + 1);
  if (!type || digits.empty() || digits.size() > kMaxNumberDigits || digits.front() == '0') {
    return std::nullopt;
  }
  int number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || stop != digits.data() + digits.size() || number < 1) {
    return std::nullopt;
  }
  return ParsedToken{*type, number, end + 1 - begin};
}

}  // namespace

absl::Status VaultNamer::Restore(const VaultName& name) {
  const auto parsed = name.token.starts_with('<') ? ParseToken(name.token, 0) : std::nullopt;
  if (!parsed || parsed->type != name.type || parsed->length != name.token.size()) {
    return absl::InvalidArgumentError("a stored vault token is not of the form <TYPE_n>");
  }
  const auto [place, added] = value_of_.emplace(name.token, name.value);
  if (!added && place->second != name.value) {
    return absl::AlreadyExistsError(
        absl::StrCat("the vault token ", name.token, " stands for another value already"));
  }
  token_of_.emplace(std::pair(name.type, name.value), name.token);
  int& last = last_number_[static_cast<std::size_t>(name.type)];
  last = std::max(last, parsed->number);
  return absl::OkStatus();
}

std::string VaultNamer::TokenFor(PiiType type, std::string_view value) {
  const auto found = token_of_.find(std::pair(type, std::string(value)));
  if (found != token_of_.end()) return found->second;
  const std::string type_name(PiiTypeName(type));
  VaultName name = {
      absl::StrCat("<", type_name, "_", ++last_number_[static_cast<std::size_t>(type)], ">"), type,
      std::string(value)};
  token_of_.emplace(std::pair(type, name.value), name.token);
  value_of_.emplace(name.token, name.value);
  added_.push_back(name);
  return name.token;
}

std::optional<std::string> VaultNamer::ValueOf(std::string_view token) const {
  const auto found = value_of_.find(token);
  if (found == value_of_.end()) return std::nullopt;
  return found->second;
}

std::vector<TokenSpan> FindTokens(std::string_view text) {
  std::vector<TokenSpan> tokens;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
    if (const auto token = ParseToken(text, at)) {
      tokens.push_back({static_cast<std::uint32_t>(at),
                        static_cast<std::uint32_t>(at + token->length), token->type});
      at += token->length;
    } else {
      ++at;
    }
  }
  return tokens;
}

std::string EscapeTypedTokens(std::string_view text) {
  std::string escaped;
  std::size_t done = 0;
  for (const TokenSpan& token : FindTokens(text)) {
    escaped.append(text.substr(done, token.begin - done));
    escaped.append("‹").append(text.substr(token.begin + 1, token.end - token.begin - 2));
    escaped.append("›");
    done = token.end;
  }
  return escaped.append(text.substr(done));
}

}  // namespace frontdesk::tools
