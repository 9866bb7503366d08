// The tricky cases of tests/pii/cases/*.tsv.
#pragma once

#include <string>
#include <vector>

#include "tools/pii/redact.h"

namespace frontdesk::tools {

struct PiiCase {
  std::string name;
  std::string text;            // without marks
  std::vector<PiiSpan> spans;  // begin, end, type
};

// Reads a file of cases; ends the test run with a message when a line is malformed.
std::vector<PiiCase> ReadPiiCases(const std::string& file);

}  // namespace frontdesk::tools
