#include "llm/encoder/wordpiece.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::llm::encoder {
namespace {

constexpr std::int32_t kMaxPieces = 1 << 20;
constexpr int kMaxWordCharacters = 100;  // BERT's limit; longer words are [UNK]

bool IsBlank(UChar32 c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || u_charType(c) == U_SPACE_SEPARATOR ||
         c == 0x2028 || c == 0x2029;
}

bool IsDropped(UChar32 c) {
  if (c == 0 || c == 0xFFFD) return true;
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
    case U_UNASSIGNED:
      return true;
    default:
      return false;
  }
}

bool IsPunctuation(UChar32 c) {
  if (c < 128) return c > 32 && c < 127 && !u_isalnum(c);
  return (U_GET_GC_MASK(c) & U_GC_P_MASK) != 0;
}

bool IsIdeograph(UChar32 c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
         (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B820 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

void AppendUtf8(UChar32 c, std::string& out) {
  char buffer[U8_MAX_LENGTH];
  int length = 0;
  U8_APPEND_UNSAFE(buffer, length, c);
  out.append(buffer, length);
}

// The lower-case, accent-free form of one character, appended to out.
void AppendFolded(UChar32 c, std::string& out) {
  if (c < 128) {
    out.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
    return;
  }
  static const icu::Normalizer2* const decompose = [] {
    UErrorCode error = U_ZERO_ERROR;
    return icu::Normalizer2::getNFDInstance(error);
  }();
  icu::UnicodeString parts;
  if (decompose == nullptr || !decompose->getDecomposition(c, parts)) parts = icu::UnicodeString(c);
  for (int i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 part = parts.char32At(i);
    if (u_charType(part) != U_NON_SPACING_MARK) AppendUtf8(u_tolower(part), out);
  }
}

}  // namespace

absl::StatusOr<WordPiece> WordPiece::FromVocabulary(std::string vocabulary, std::string_view name) {
  WordPiece result;
  std::string_view rest = vocabulary;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view piece = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!piece.empty() && piece.back() == '\r') piece.remove_suffix(1);
    const std::int32_t id = result.size_++;
    if (id >= kMaxPieces) {
      return absl::InvalidArgumentError(
          absl::StrCat(std::string(name), ": more than 2^20 lines; not a WordPiece vocabulary"));
    }
    if (piece == "[CLS]") result.cls_ = id;
    if (piece == "[SEP]") result.sep_ = id;
    if (piece == "[UNK]") result.unk_ = id;
    if (piece.size() > 2 && piece.starts_with("##")) {
      result.continuation_.emplace(std::string(piece.substr(2)), id);
    } else {
      result.start_.emplace(std::string(piece), id);
    }
  }
  if (result.cls_ < 0 || result.sep_ < 0 || result.unk_ < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(name), ": lacks [CLS], [SEP] or [UNK]; fetch it again"));
  }
  return result;
}

void WordPiece::AppendPieces(std::string_view word, std::vector<std::int32_t>& ids) const {
  const auto characters =
      std::count_if(word.begin(), word.end(), [](char c) { return (c & 0xC0) != 0x80; });
  const std::size_t first = ids.size();
  std::size_t begin = 0;
  bool known = characters <= kMaxWordCharacters;
  while (known && begin < word.size()) {
    const auto& pieces = begin == 0 ? start_ : continuation_;
    std::size_t end = word.size();
    for (; end > begin; --end) {
      if (end < word.size() && (word[end] & 0xC0) == 0x80) continue;  // inside a character
      const auto found = pieces.find(absl::string_view(word.data() + begin, end - begin));
      if (found != pieces.end()) {
        ids.push_back(found->second);
        break;
      }
    }
    known = end > begin;
    begin = end;
  }
  if (!known) {
    ids.resize(first);
    ids.push_back(unk_);
  }
}

std::vector<std::int32_t> WordPiece::Encode(std::string_view text, int max_tokens) const {
  const auto room = static_cast<std::size_t>(std::max(max_tokens, 2)) - 1;  // [SEP] comes last
  std::vector<std::int32_t> ids = {cls_};
  std::string word;
  const auto finish_word = [&] {
    if (!word.empty()) AppendPieces(word, ids);
    word.clear();
  };
  const auto length = static_cast<std::int64_t>(text.size());
  for (std::int64_t i = 0; i < length && ids.size() < room;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0) continue;
    if (IsBlank(c)) {
      finish_word();
    } else if (IsDropped(c)) {
      continue;
    } else if (IsPunctuation(c) || IsIdeograph(c)) {
      finish_word();
      AppendFolded(c, word);
      finish_word();
    } else {
      AppendFolded(c, word);
      // A word over the limit is one [UNK] however long it is: keep no more of it.
      if (word.size() > 4 * (kMaxWordCharacters + 2)) word.resize(4 * (kMaxWordCharacters + 1));
    }
  }
  finish_word();
  if (ids.size() > room) ids.resize(room);
  ids.push_back(sep_);
  return ids;
}

}  // namespace frontdesk::llm::encoder
