// One thing wrong in a configuration file, with its place and its remedy.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace frontdesk::tools {

struct Fault {
  std::string file;
  int line = 0;  // from 1
  std::string what;
  std::string remedy;

  // "tools.yaml:12: tool orders.get has no effect; write effect: read or effect: write"
  std::string ToString() const;
};

// INVALID_ARGUMENT with one line per fault; OK when there is none.
absl::Status StatusOf(const std::vector<Fault>& faults);

}  // namespace frontdesk::tools
