#include "tests/server/demo_bundle.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::server {

std::string CopyAlwaysOpenBundle(const std::string& target) {
  std::filesystem::remove_all(target);
  std::filesystem::copy(FRONTDESK_SOURCE_DIR "/demo/bundle", target,
                        std::filesystem::copy_options::recursive);
  std::ifstream in(target + "/assistant.yaml");
  std::string text, line;
  bool skipping = false;
  while (std::getline(in, line)) {
    // hours and holidays with what is indented below them: without them it is always open.
    if (!absl::StartsWith(line, " ")) {
      skipping = absl::StartsWith(line, "hours:") || absl::StartsWith(line, "holidays:");
    }
    if (!skipping) absl::StrAppend(&text, line, "\n");
  }
  in.close();
  std::ofstream(target + "/assistant.yaml") << text;
  return target;
}

}  // namespace frontdesk::server
