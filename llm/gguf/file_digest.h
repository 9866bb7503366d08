// The SHA-256 of a file, read in large pieces so that its pages need not stay mapped.

#pragma once

#include <string>

namespace frontdesk::llm {

// Lower-case hex; empty when the file cannot be read to its end. Thread-safe.
std::string FileSha256(const std::string& path);

}  // namespace frontdesk::llm
