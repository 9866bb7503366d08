// The SHA-256 of a file, read in large pieces so that its pages need not stay mapped, and of bytes.

#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace frontdesk::llm {

// Lower-case hex; empty when the file cannot be read to its end. Thread-safe.
std::string FileSha256(const std::string& path);
// The same of an open file, from its beginning; its position is neither used nor moved.
std::string FileSha256(int descriptor);

std::string BytesSha256(std::span<const uint8_t> bytes);

}  // namespace frontdesk::llm
