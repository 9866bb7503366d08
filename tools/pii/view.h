// The text as the recognisers read it, with the way back to the original bytes.
//
// HTML entities are decoded, then the text is folded (text/normalise.h): NFKC, lower
// case, ASCII digits, plain dashes and quotes, zero-width characters gone, letters
// drawn like Latin ones inside Latin words replaced. Newlines stay. Immutable.
//
//   View view("Mail: ANN&#64;Shop.ie");    // view.text() == "mail: ann@shop.ie"
//   view.Original(6, 17);                    // where the address stands: {6, 21}
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/span.h"

namespace frontdesk::tools {

class View {
 public:
  // original: borrowed. Cost: O(n); ASCII without entities is lowered and needs no map,
  // about 0.2 ns a byte.
  explicit View(std::string_view original);

  std::string_view original() const { return original_; }
  std::string_view text() const { return text_; }

  // The bytes of the original that gave text()[begin, end), on code point borders.
  text::Span Original(std::size_t begin, std::size_t end) const;

  // The offset in text() of what the original holds at byte `offset`. Cost: O(log n).
  std::size_t FromOriginal(std::size_t offset) const;

  // The character at offset i, 0 outside the text.
  char At(std::ptrdiff_t i) const {
    return i < 0 || i >= static_cast<std::ptrdiff_t>(text_.size()) ? '\0' : text_[i];
  }

 private:
  std::string_view original_;
  std::string text_;
  std::vector<std::uint32_t> source_;  // as Normalised::source; empty: every byte is its own source
};

// Byte classes of folded text; bytes of non-ASCII characters count as letters.
enum ByteClass : std::uint8_t { kDigitByte = 1, kAsciiLetterByte = 2, kNonAsciiByte = 4 };
inline constexpr std::array<std::uint8_t, 256> kByteClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    if (c >= '0' && c <= '9') classes[c] = kDigitByte;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) classes[c] = kAsciiLetterByte;
    if (c >= 0x80) classes[c] = kNonAsciiByte;
  }
  return classes;
}();
inline bool IsOfClass(char c, int classes) {
  return (kByteClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsLetter(char c) { return IsOfClass(c, kAsciiLetterByte | kNonAsciiByte); }
inline bool IsAsciiLetter(char c) { return IsOfClass(c, kAsciiLetterByte); }
inline bool IsWordByte(char c) { return IsOfClass(c, kDigitByte | kAsciiLetterByte | kNonAsciiByte); }
inline bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace frontdesk::tools
