#include "server/auth/disabled_users.h"

#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/files/replace_file.h"

namespace frontdesk::server {

absl::StatusOr<DisabledUsers> ReadDisabledUsers(std::string_view text) {
  DisabledUsers disabled;
  int number = 0;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++number;
    if (line.empty()) continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    int64_t seconds = 0;
    if (!absl::SimpleAtoi(parts.first, &seconds) || parts.second.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": does not read SECONDS NAME"));
    }
    disabled[std::string(parts.second)] = absl::FromUnixSeconds(seconds);
  }
  return disabled;
}

absl::Status DisableUser(const std::string& path, std::string_view user, absl::Time now) {
  if (user.empty() || user.size() > 64 || user.find('\n') != std::string_view::npos) {
    return absl::InvalidArgumentError("a user's name has 1 to 64 characters on one line");
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  absl::StatusOr<DisabledUsers> disabled = ReadDisabledUsers(text.str());
  if (!disabled.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", disabled.status().message()));
  }
  (*disabled)[std::string(user)] = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  std::string lines;
  for (const auto& [name, time] : *disabled) {
    absl::StrAppend(&lines, absl::ToUnixSeconds(time), " ", name, "\n");
  }
  return storage::ReplaceFile(path, {lines});
}

bool IsDisabled(const DisabledUsers& disabled, const Principal& principal) {
  const auto entry = disabled.find(principal.user);
  return entry != disabled.end() && principal.issued <= entry->second;
}

}  // namespace frontdesk::server
