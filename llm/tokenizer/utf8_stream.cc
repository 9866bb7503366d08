#include "llm/tokenizer/utf8_stream.h"

#include <cstdint>

namespace frontdesk::llm {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Length of the character at the start of bytes: 1..4 when whole and valid,
// 0 when more bytes are needed, -1 when it can never become valid.
int CharacterLength(std::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  int length;
  uint8_t low = 0x80, high = 0xBF;  // range of the second byte
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return -1;
  }
  for (int i = 1; i < length; ++i) {
    if (static_cast<size_t>(i) >= bytes.size()) return 0;
    if (byte(i) < low || byte(i) > high) return -1;
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

}  // namespace

bool IsWholeUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const int length = CharacterLength(bytes);
    if (length <= 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string Utf8Stream::Push(std::string_view bytes) {
  held_.append(bytes);
  std::string_view rest = held_;
  std::string whole;
  while (!rest.empty()) {
    const int length = CharacterLength(rest);
    if (length == 0) break;
    if (length < 0) {
      whole += kReplacement;
      rest.remove_prefix(1);
    } else {
      whole += rest.substr(0, length);
      rest.remove_prefix(length);
    }
  }
  held_ = std::string(rest);
  return whole;
}

std::string Utf8Stream::Flush() {
  std::string whole = held_.empty() ? "" : std::string(kReplacement);
  held_.clear();
  return whole;
}

}  // namespace frontdesk::llm
