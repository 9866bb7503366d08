#include "text/utf8.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace frontdesk::text {
namespace {

constexpr size_t kStride = 64;
constexpr char32_t kReplacement = 0xFFFD;

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Length of the well-formed sequence at text[at], or 0.
size_t SequenceLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const size_t left = text.size() - at;
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return left >= 2 && IsContinuation(byte(at + 1)) ? 2 : 0;
  if (lead < 0xF0) {
    if (left < 3 || !IsContinuation(byte(at + 1)) || !IsContinuation(byte(at + 2))) return 0;
    if (lead == 0xE0 && byte(at + 1) < 0xA0) return 0;   // overlong
    if (lead == 0xED && byte(at + 1) >= 0xA0) return 0;  // surrogate
    return 3;
  }
  if (lead > 0xF4 || left < 4) return 0;
  for (size_t i = 1; i < 4; ++i) {
    if (!IsContinuation(byte(at + i))) return 0;
  }
  if (lead == 0xF0 && byte(at + 1) < 0x90) return 0;
  if (lead == 0xF4 && byte(at + 1) >= 0x90) return 0;
  return 4;
}

// Offset of the first ill-formed byte, or the size.
size_t FirstBadByte(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (text.size() - at >= 8) {
      uint64_t word;
      std::memcpy(&word, text.data() + at, 8);
      if ((word & 0x8080808080808080ull) == 0) {
        at += 8;
        continue;
      }
    }
    const size_t length = SequenceLength(text, at);
    if (length == 0) return at;
    at += length;
  }
  return text.size();
}

}  // namespace

bool IsValidUtf8(std::string_view text) { return FirstBadByte(text) == text.size(); }

absl::Status CheckUtf8(std::string_view text, std::string_view what) {
  const size_t bad = FirstBadByte(text);
  if (bad == text.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(absl::string_view(what.data(), what.size()), " is not UTF-8: bad byte 0x",
                   absl::Hex(static_cast<unsigned char>(text[bad]), absl::kZeroPad2), " at offset ",
                   bad, "; save it as UTF-8 and send it again"));
}

std::string RepairUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) AppendUtf8(NextCodePoint(text, &at), &out);
  return out;
}

size_t CountCodePoints(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return !IsContinuation(static_cast<unsigned char>(c));
  }));
}

char32_t NextCodePoint(std::string_view text, size_t* offset) {
  const size_t at = *offset;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  if (byte(0) < 0x80) {
    *offset = at + 1;
    return byte(0);
  }
  const size_t length = SequenceLength(text, at);
  if (length == 0) {
    *offset = at + 1;
    return kReplacement;
  }
  *offset = at + length;
  char32_t code_point = byte(0) & (0x7F >> length);
  for (size_t i = 1; i < length; ++i) code_point = (code_point << 6) | (byte(i) & 0x3F);
  return code_point;
}

void AppendUtf8(char32_t c, std::string* out) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = kReplacement;
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (c >> 6)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (c >> 12)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (c >> 18)));
    out->push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

CodePointIndex::CodePointIndex(std::string_view text) : text_(text) {
  before_.reserve(text.size() / kStride + 1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (i % kStride == 0) before_.push_back(count_);
    count_ += !IsContinuation(static_cast<unsigned char>(text[i]));
  }
  if (before_.empty()) before_.push_back(0);
}

uint32_t CodePointIndex::ByteToCodePoint(size_t byte) const {
  if (byte >= text_.size()) return count_;
  const size_t block = byte / kStride;
  return before_[block] + static_cast<uint32_t>(CountCodePoints(
                              text_.substr(block * kStride, byte - block * kStride)));
}

uint32_t CodePointIndex::CodePointToByte(size_t code_point) const {
  if (code_point >= count_) return static_cast<uint32_t>(text_.size());
  const auto above = std::upper_bound(before_.begin(), before_.end(), code_point);
  const size_t block = static_cast<size_t>(above - before_.begin()) - 1;
  size_t seen = before_[block];
  for (size_t i = block * kStride; i < text_.size(); ++i) {
    if (IsContinuation(static_cast<unsigned char>(text_[i]))) continue;
    if (seen == code_point) return static_cast<uint32_t>(i);
    ++seen;
  }
  return static_cast<uint32_t>(text_.size());
}

}  // namespace frontdesk::text
