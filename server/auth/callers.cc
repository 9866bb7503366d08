#include "server/auth/callers.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace frontdesk::server {
namespace {

constexpr absl::string_view kBearer = "Bearer ";
constexpr absl::string_view kUserTokenStart = "ey";  // base64url of '{"': a JWT
constexpr size_t kMaxHeaderBytes = 8192 + 7;
constexpr size_t kLongestName = 64;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// "ipv4:127.0.0.1:5000" → "ipv4:127.0.0.1"; a client that opens many ports is one client.
std::string WithoutPort(const std::string& peer) {
  const size_t colon = peer.rfind(':');
  return colon == std::string::npos ? peer : peer.substr(0, colon);
}

// "ipv4:127.0.0.1" → "127.0.0.1", "ipv6:%5B::1%5D" → "::1".
std::string BareAddress(std::string address) {
  for (const char* start : {"ipv4:", "ipv6:"}) {
    if (absl::StartsWith(address, start)) address = address.substr(5);
  }
  for (const char* bracket : {"%5B", "%5D", "[", "]"}) {
    if (const size_t at = address.find(bracket); at != std::string::npos) {
      address.erase(at, std::string_view(bracket).size());
    }
  }
  return address;
}

// Names that mean owners of a conversation, and names that would spoil a log line.
bool UsableName(const std::string& user) {
  return !user.empty() && user.size() <= kLongestName && user != "assistant" && user != "queue" &&
         std::none_of(user.begin(), user.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

absl::StatusOr<UserTokens> UserTokensOf(std::string_view bytes) {
  if (bytes.size() < 32) return absl::InvalidArgumentError("the token key is too short");
  return UserTokens(std::string(bytes));
}

}  // namespace

Callers::Callers(CallersOptions options)
    : conversations_(std::move(options.conversations)),
      users_(options.user_key_file, UserTokensOf),
      disabled_(options.disabled_users_file, ReadDisabledUsers),
      disabled_path_(options.disabled_users_file),
      provider_(std::move(options.provider)),
      trusted_proxies_(std::move(options.trusted_proxies)) {}

std::string Callers::AddressOf(const CallFacts& facts) const {
  const std::string peer = WithoutPort(facts.peer);
  const auto trusted = [this](const std::string& address) {
    return std::find(trusted_proxies_.begin(), trusted_proxies_.end(), address) != trusted_proxies_.end();
  };
  if (!facts.forwarded_for || !trusted(BareAddress(peer))) return peer;
  // The last address that no proxy of ours added is the client's; what stands before it is its word.
  std::vector<std::string> hops = absl::StrSplit(*facts.forwarded_for, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const std::string address(absl::StripAsciiWhitespace(*hop));
    if (!address.empty() && address.size() <= kLongestName && !trusted(address)) {
      return absl::StrCat("via:", address);
    }
  }
  return peer;
}

absl::StatusOr<Principal> Callers::FromUserToken(std::string_view token, absl::Time now) const {
  const auto own = users_.Get();
  if (!own.ok()) return absl::UnauthenticatedError("no user token can be checked at the moment");
  absl::StatusOr<Principal> user = (*own)->Check(token, now);
  if (!user.ok() && provider_ != nullptr) {
    absl::StatusOr<Principal> theirs = provider_->Check(token, now);
    if (theirs.ok()) user = std::move(theirs);
  }
  if (!user.ok()) return user;
  if (!UsableName(user->user)) return absl::UnauthenticatedError("the token is not valid");
  if (::access(disabled_path_.c_str(), F_OK) != 0) return user;
  const auto disabled = disabled_.Get();
  if (!disabled.ok()) return absl::UnauthenticatedError("no user token can be checked at the moment");
  if (IsDisabled(**disabled, *user)) return absl::UnauthenticatedError("this user is disabled");
  return user;
}

absl::StatusOr<Principal> Callers::FromToken(std::string_view token, absl::Time now) const {
  if (absl::StartsWith(View(token), kUserTokenStart)) return FromUserToken(token, now);
  absl::StatusOr<storage::ConversationId> conversation = conversations_.Check(token, now);
  if (!conversation.ok()) return conversation.status();
  Principal customer;
  customer.role = CallerRole::kCustomer;
  customer.conversation = *std::move(conversation);
  return customer;
}

absl::StatusOr<Principal> Callers::Identify(const CallFacts& facts, absl::Time now) const {
  absl::StatusOr<Principal> caller = Principal{};
  if (facts.authorization) {
    const absl::string_view header = View(*facts.authorization);
    if (!absl::StartsWithIgnoreCase(header, kBearer) || header.size() > kMaxHeaderBytes) {
      return absl::UnauthenticatedError("the authorization metadata must read \"Bearer TOKEN\"");
    }
    const absl::string_view token = header.substr(kBearer.size());
    caller = FromToken({token.data(), token.size()}, now);
    if (!caller.ok()) return caller;
  } else if (facts.certificate) {
    if (!UsableName(*facts.certificate)) {
      return absl::UnauthenticatedError("the client certificate names no usable service");
    }
    caller->role = CallerRole::kService;
    caller->user = *facts.certificate;
  }
  caller->address = AddressOf(facts);
  return caller;
}

}  // namespace frontdesk::server
