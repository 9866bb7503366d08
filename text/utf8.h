// UTF-8 checks and positions.
//
// The program keeps text as UTF-8 bytes and counts positions in bytes. Files of
// other tools and people count code points; CodePointIndex converts. All
// functions are pure and thread-safe.
//
//   if (absl::Status s = text::CheckUtf8(body, "message"); !s.ok()) return s;
//   text::CodePointIndex index("naïve");
//   index.ByteToCodePoint(4);  // 3: the ï takes two bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace frontdesk::text {

// True when text is well-formed UTF-8: no overlong form, no surrogate, nothing
// above U+10FFFF. The empty text is valid. Cost: O(n), eight ASCII bytes a step.
bool IsValidUtf8(std::string_view text);

// INVALID_ARGUMENT naming `what` and the offset of the first bad byte, or OK.
absl::Status CheckUtf8(std::string_view text, std::string_view what);

// The text with every ill-formed byte replaced by U+FFFD.
std::string RepairUtf8(std::string_view text);

// Number of code points of valid UTF-8 (bytes that start a sequence).
size_t CountCodePoints(std::string_view text);

// The code point that starts at *offset, which is moved behind it. An ill-formed
// byte gives U+FFFD and moves by one. Precondition: *offset < text.size().
char32_t NextCodePoint(std::string_view text, size_t* offset);

// Appends the UTF-8 of a code point; surrogates and values above U+10FFFF become U+FFFD.
void AppendUtf8(char32_t code_point, std::string* out);

// Converts between byte offsets and code-point offsets of one text.
// Immutable; memory: 4 bytes per 64 bytes of text. The text must outlive it.
class CodePointIndex {
 public:
  explicit CodePointIndex(std::string_view text);

  // Code points that begin before `byte`. byte is clamped to the text's size.
  // Cost: O(1), at most 64 bytes are looked at.
  uint32_t ByteToCodePoint(size_t byte) const;

  // Byte offset of a code point; its count and anything larger give the size.
  // Cost: O(log n).
  uint32_t CodePointToByte(size_t code_point) const;

  uint32_t code_points() const { return count_; }

 private:
  std::string_view text_;
  std::vector<uint32_t> before_;  // before_[i]: code points that begin before byte 64 i
  uint32_t count_ = 0;
};

}  // namespace frontdesk::text
