#include "server/commands/json_lines.h"

#include <fstream>

#include "absl/strings/str_cat.h"

namespace frontdesk::server {

absl::Status ForEachJsonLine(const std::string& path,
                             const std::function<absl::Status(const nlohmann::json&)>& line) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object())
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": is not a JSON object"));
    absl::Status status;
    try {
      status = line(json);
    } catch (const nlohmann::json::exception&
                 error) {  // a member of another type than the command reads
      status = absl::InvalidArgumentError(error.what());
    }
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat(path, ":", number, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::server
