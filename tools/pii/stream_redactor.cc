#include <algorithm>
#include <array>

#include "tools/pii/recognise/digit_groups.h"
#include "tools/pii/redact.h"
#include "tools/pii/vault_namer.h"
#include "tools/pii/view.h"

namespace frontdesk::tools {
namespace {

// A span is found while this much text follows it; longer than any span but URLs, and
// than what recognisers look at behind one.
constexpr std::size_t kLookAhead = 320;
// Handed-out text that recognisers still see before what is held.
constexpr std::size_t kLookBack = 96;
constexpr std::size_t kMostHeld = 16384;

// Words that a name or an address may continue behind.
constexpr auto kNoEnd = std::to_array<std::string_view>(
    {"apt", "ave", "blvd", "street", "road", "flat", "suite", "floor"});

// True when text[0, end) ends a sentence that nothing behind it can reach into: a plain
// lower-case word of four letters or more, a full stop, a blank.
bool EndsSentence(std::string_view text, std::size_t end) {
  if (end < 6 || !IsSpace(text[end - 1])) return false;
  const char stop = text[end - 2];
  if (stop != '.' && stop != '!' && stop != '?') return false;
  std::size_t begin = end - 2;
  while (begin > 0 && text[begin - 1] >= 'a' && text[begin - 1] <= 'z') --begin;
  const std::string_view word = text.substr(begin, end - 2 - begin);
  if (word.size() < 4 || begin == 0 || text[begin - 1] != ' ') return false;
  const std::string_view recent =
      text.substr(end > 48 ? end - 48 : 0, std::min<std::size_t>(end, 48));
  if (recent.find('@') != recent.npos || recent.find(" at ") != recent.npos ||
      recent.find(" dot ") != recent.npos) {
    return false;
  }
  return !IsNumberWord(word) && std::find(kNoEnd.begin(), kNoEnd.end(), word) == kNoEnd.end();
}

// The start of the typed token that a cut at `at` would part, else `at`: what is left of a parted
// token would come through without its escape.
std::size_t OutsideTypedToken(std::string_view text, std::size_t at) {
  for (const TokenSpan& token : FindTokens(text)) {
    if (token.begin < at && at < token.end) return token.begin;
  }
  return at;
}

}  // namespace

StreamRedactor::StreamRedactor(const Redactor& redactor, VaultNamer& namer, RedactOptions options)
    : redactor_(redactor), namer_(namer), options_(std::move(options)) {}

std::size_t StreamRedactor::SafeLength() const {
  const std::size_t size = held_.size();
  if (size > kMostHeld) return std::max(shown_, OutsideTypedToken(held_, size - kLookAhead));
  for (std::size_t end = size; end > shown_; --end) {
    const bool far = size - end >= kLookAhead && IsSpace(held_[end - 1]);
    if (far || EndsSentence(held_, end)) return end;
  }
  return shown_;
}

std::string StreamRedactor::Release(std::size_t until) {
  std::string out;
  std::size_t done = shown_;
  for (PiiSpan& span : redactor_.Find(held_, options_)) {
    if (span.end <= shown_) continue;
    if (span.begin >= until) break;
    if (span.end > until) {  // a span across the border waits as a whole
      until = span.begin;
      break;
    }
    if (span.begin >= done) {
      out += EscapeTypedTokens(std::string_view(held_).substr(done, span.begin - done));
    }
    out += namer_.TokenFor(span.type, span.value);
    done = span.end;
  }
  if (until > done) out += EscapeTypedTokens(std::string_view(held_).substr(done, until - done));
  shown_ = std::max(done, until);
  if (shown_ > kLookBack) {
    std::size_t cut = shown_ - kLookBack;
    while (cut < shown_ && (held_[cut] & 0xC0) == 0x80) ++cut;
    held_.erase(0, cut);
    shown_ -= cut;
  }
  return out;
}

std::string StreamRedactor::Push(std::string_view chunk) {
  held_.append(chunk);
  std::size_t safe = SafeLength();
  while (safe > shown_ && safe < held_.size() && (held_[safe] & 0xC0) == 0x80) --safe;
  return safe > shown_ ? Release(safe) : std::string();
}

std::string StreamRedactor::Finish() { return Release(held_.size()); }

}  // namespace frontdesk::tools
