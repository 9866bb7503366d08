// Tokens end anywhere, also inside a character: this holds bytes back until they
// are whole UTF-8, so that a stream shows only whole characters.
//
// Not thread-safe. Bytes that can never become UTF-8 are replaced by U+FFFD, as
// are bytes left over at the end, so the joined pieces are always valid.
//
//   Utf8Stream stream;
//   stream.Push("\xE2\x82") == "";  stream.Push("\xAC") == "€";  stream.Flush() == "";

#pragma once

#include <string>
#include <string_view>

namespace frontdesk::llm {

// True when bytes are UTF-8 from first to last (no surrogates, no overlong forms).
bool IsWholeUtf8(std::string_view bytes);

class Utf8Stream {
 public:
  // Takes bytes in, returns the characters that are whole by now.
  std::string Push(std::string_view bytes);
  // Ends the stream: what is held back becomes U+FFFD.
  std::string Flush();

 private:
  std::string held_;  // at most 3 bytes, the start of one character
};

}  // namespace frontdesk::llm
