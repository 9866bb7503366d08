#include "tools/pii/view.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "text/normalise.h"

namespace frontdesk::tools {
namespace {

// The entities that turn up inside addresses and numbers.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kEntities = {{
    {"commat", "@"},
    {"period", "."},
    {"amp", "&"},
    {"lt", "<"},
    {"gt", ">"},
    {"quot", "\""},
    {"apos", "'"},
    {"nbsp", " "},
    {"lowbar", "_"},
    {"hyphen", "-"},
    {"dash", "-"},
    {"plus", "+"},
    {"colon", ":"},
    {"sol", "/"},
    {"num", "#"},
    {"lpar", "("},
    {"rpar", ")"},
}};

struct Entity {
  std::string text;
  std::size_t length;  // bytes from & to ; inclusive
};

std::optional<Entity> ParseEntity(std::string_view text) {
  std::size_t end = text.substr(0, 12).find(';');
  std::size_t mark = 1;  // of the semicolon, which numbers may lack, as browsers have it
  if (text.starts_with("&#")) {
    std::size_t last = 2;
    while (last < text.size() && last < 9 && IsDigit(text[last])) ++last;
    if (last > 2 && end != last) {
      end = last;
      mark = 0;
    }
  }
  if (end == std::string_view::npos || end < 3) return std::nullopt;
  const std::string_view name = text.substr(1, end - 1);
  if (name.front() != '#') {
    for (const auto& [entity, value] : kEntities) {
      if (entity == name) return Entity{std::string(value), end + mark};
    }
    return std::nullopt;
  }
  const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  const std::string_view digits = name.substr(hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  if (error != std::errc() || stop != digits.data() + digits.size() || code == 0 ||
      code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    return std::nullopt;
  }
  char buffer[U8_MAX_LENGTH];
  int length = 0;
  U8_APPEND_UNSAFE(buffer, length, code);
  return Entity{std::string(buffer, length), end + mark};
}

// Takes away the combining keycap of "1️⃣", which no folding removes.
void DropKeycaps(std::string& text, std::vector<std::uint32_t>& source) {
  constexpr std::string_view kKeycap = "\xE2\x83\xA3";
  if (text.find(kKeycap) == std::string::npos) return;
  std::size_t to = 0;
  for (std::size_t from = 0; from < text.size(); ++to) {
    while (text.compare(from, kKeycap.size(), kKeycap) == 0) from += kKeycap.size();
    if (from >= text.size()) break;
    text[to] = text[from];
    source[to] = source[from++];
  }
  source[to] = source.back();
  text.resize(to);
  source.resize(to + 1);
}

// Text with its entities decoded and source offsets as in text::Normalised.
text::Normalised DecodeEntities(std::string_view original) {
  text::Normalised result;
  for (std::size_t i = 0; i < original.size();) {
    if (original[i] == '&') {
      if (const auto entity = ParseEntity(original.substr(i))) {
        result.source.insert(result.source.end(), entity->text.size(),
                             static_cast<std::uint32_t>(i));
        result.text += entity->text;
        i += entity->length;
        continue;
      }
    }
    result.source.push_back(static_cast<std::uint32_t>(i));
    result.text.push_back(original[i++]);
  }
  result.source.push_back(static_cast<std::uint32_t>(original.size()));
  return result;
}

// True when folding changes nothing but case: most texts. Branch-free, so that it runs by vectors.
bool IsPlain(std::string_view text) {
  unsigned char high = 0, entity = 0;
  for (const char c : text) {
    high |= static_cast<unsigned char>(c);
    entity |= static_cast<unsigned char>(c == '&');
  }
  return high < 0x80 && entity == 0;
}

}  // namespace

View::View(std::string_view original) : original_(original) {
  if (IsPlain(original)) {
    text_ = original;
    for (char& c : text_) c = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0));
    return;
  }
  const text::FoldOptions options = {.confusables = true};
  const bool entities = original.find('&') != std::string_view::npos;
  const text::Normalised decoded = entities ? DecodeEntities(original) : text::Normalised{};
  text::Normalised folded = text::Fold(entities ? decoded.text : original, options);
  text_ = std::move(folded.text);
  source_ = std::move(folded.source);
  if (entities) {
    for (std::uint32_t& offset : source_) offset = decoded.source[offset];
  }
  DropKeycaps(text_, source_);
}

std::size_t View::FromOriginal(std::size_t offset) const {
  if (source_.empty()) return std::min(offset, text_.size());
  const auto found = std::lower_bound(source_.begin(), source_.end(), offset);
  return std::min(static_cast<std::size_t>(found - source_.begin()), text_.size());
}

text::Span View::Original(std::size_t begin, std::size_t end) const {
  if (source_.empty()) return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  std::uint32_t first = source_[begin], last = source_[end];
  // A character of the original that gave several folded ones is taken whole.
  while (first > 0 && (original_[first] & 0xC0) == 0x80) --first;
  if (end > begin && last == source_[end - 1]) {
    std::size_t next = end;
    while (next < text_.size() && source_[next] == last) ++next;
    last = source_[next];
  }
  while (last < original_.size() && (original_[last] & 0xC0) == 0x80) ++last;
  return {first, last};
}

}  // namespace frontdesk::tools
