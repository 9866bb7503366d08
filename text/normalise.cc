#include "text/normalise.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>

#include "text/utf8.h"

namespace frontdesk::text {
namespace {

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool IsAsciiAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

void AppendLower(std::string_view ascii, std::string* out) {
  const size_t before = out->size();
  out->append(ascii);
  std::transform(out->begin() + static_cast<std::ptrdiff_t>(before), out->end(),
                 out->begin() + static_cast<std::ptrdiff_t>(before), AsciiLower);
}

const icu::Normalizer2* FoldingNormalizer() {
  static const icu::Normalizer2* const instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    return icu::Normalizer2::getNFKCCasefoldInstance(error);
  }();
  return instance;
}

// The ASCII letter a letter of another script is drawn like, or 0.
char AsciiLookalike(char32_t c) {
  if (c < 0x80 || !u_isalpha(static_cast<UChar32>(c))) return 0;
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(c), &error);
  if (U_FAILURE(error) || script == USCRIPT_LATIN || script == USCRIPT_HAN) return 0;
  static const USpoofChecker* const checker = [] {
    UErrorCode open_error = U_ZERO_ERROR;
    return uspoof_open(&open_error);
  }();
  UChar in[2];
  int32_t in_length = 0;
  U16_APPEND_UNSAFE(in, in_length, static_cast<UChar32>(c));
  UChar out[8];
  error = U_ZERO_ERROR;
  const int32_t length = uspoof_getSkeleton(checker, 0, in, in_length, out, 8, &error);
  if (U_FAILURE(error) || length != 1 || out[0] >= 0x80) return 0;
  const char found = static_cast<char>(out[0]);
  return IsAsciiAlnum(found) ? AsciiLower(found) : 0;
}

char32_t PlainPunctuation(char32_t c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x02BC:
    case 0x2032:
      return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x00AB:
    case 0x00BB:
      return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
    case 0xFE58:
    case 0xFE63:
    case 0xFF0D:
      return '-';
    default:
      return c;
  }
}

// Folds one normalisation segment (text that no neighbour can change) onto `out`.
void FoldSegment(std::string_view segment, bool lookalikes, const FoldOptions& options,
                 std::string* out) {
  icu::UnicodeString in;
  for (size_t at = 0; at < segment.size();) {
    char32_t c = NextCodePoint(segment, &at);
    if (options.plain_punctuation && c == 0xB4) c = '\'';  // NFKC would make it a space and a mark
    if (lookalikes) {
      // Upper-case letters have look-alikes of their own (Cyrillic Н, Р, С), so before folding.
      if (const char ascii = AsciiLookalike(c); ascii != 0) c = static_cast<unsigned char>(ascii);
    }
    in.append(static_cast<UChar32>(c));
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString folded = FoldingNormalizer()->normalize(in, error);
  const icu::UnicodeString& result = U_SUCCESS(error) ? folded : in;
  for (int32_t i = 0; i < result.length();) {
    UChar32 c = result.char32At(i);
    i += U16_LENGTH(c);
    if (options.plain_punctuation)
      c = static_cast<UChar32>(PlainPunctuation(static_cast<char32_t>(c)));
    const int32_t digit = u_charType(c) == U_DECIMAL_DIGIT_NUMBER ? u_charDigitValue(c) : -1;
    AppendUtf8(digit >= 0 ? static_cast<char32_t>('0' + digit) : static_cast<char32_t>(c), out);
  }
}

// End of the segment that starts at `at`: the next code point that no mark can join.
size_t SegmentEnd(std::string_view text, size_t at) {
  NextCodePoint(text, &at);
  while (at < text.size()) {
    size_t next = at;
    const char32_t c = NextCodePoint(text, &next);
    if (FoldingNormalizer()->hasBoundaryBefore(static_cast<UChar32>(c))) break;
    at = next;
  }
  return at;
}

// Where the run of ASCII at `at` ends that no mark behind it can join.
size_t PlainEnd(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && IsAscii(text[end])) ++end;
  return end > at && end < text.size() ? end - 1 : end;
}

// Calls, in order, plain(run, offset) for each run of ASCII, which is folded byte by byte by
// AsciiLower, and emit(folded, offset) for each other segment.
template <typename Plain, typename Emit>
void ForEachSegment(std::string_view text, const FoldOptions& options, Plain plain, Emit emit) {
  std::string folded;
  size_t word_end = 0;  // end of the white-space-free run that contains `at`
  bool word_has_ascii = false;
  for (size_t at = 0; at < text.size();) {
    if (const size_t end = PlainEnd(text, at); end > at) {
      plain(text.substr(at, end - at), at);
      at = end;
      continue;
    }
    if (options.confusables && at >= word_end) {
      size_t begin = at;
      while (begin > 0 && static_cast<unsigned char>(text[begin - 1]) > ' ') --begin;
      word_end = at;
      while (word_end < text.size() && static_cast<unsigned char>(text[word_end]) > ' ') ++word_end;
      word_has_ascii =
          std::any_of(text.begin() + static_cast<std::ptrdiff_t>(begin),
                      text.begin() + static_cast<std::ptrdiff_t>(word_end), IsAsciiAlnum);
    }
    const size_t end = SegmentEnd(text, at);
    folded.clear();
    FoldSegment(text.substr(at, end - at), options.confusables && word_has_ascii, options, &folded);
    if (!folded.empty()) emit(folded, at);
    at = end;
  }
}

}  // namespace

Normalised Fold(std::string_view text, FoldOptions options) {
  Normalised out;
  out.text.reserve(text.size());
  out.source.reserve(text.size() + 1);
  const auto plain = [&](std::string_view run, size_t at) {
    AppendLower(run, &out.text);
    const size_t before = out.source.size();
    out.source.resize(before + run.size());
    std::iota(out.source.begin() + static_cast<std::ptrdiff_t>(before), out.source.end(),
              static_cast<uint32_t>(at));
  };
  ForEachSegment(text, options, plain, [&](std::string_view folded, size_t at) {
    out.text.append(folded);
    out.source.resize(out.text.size(), static_cast<uint32_t>(at));
  });
  out.source.push_back(static_cast<uint32_t>(text.size()));
  return out;
}

std::string FoldText(std::string_view text, FoldOptions options) {
  std::string out;
  out.reserve(text.size());
  ForEachSegment(
      text, options, [&](std::string_view run, size_t) { AppendLower(run, &out); },
      [&](std::string_view folded, size_t) { out.append(folded); });
  return out;
}

std::string CaseFold(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsAscii)) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), AsciiLower);
    return out;
  }
  icu::UnicodeString folded = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  folded.foldCase();
  std::string out;
  folded.toUTF8String(out);
  return out;
}

std::string StripAccents(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsAscii)) return std::string(text);
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return std::string(text);
  const icu::UnicodeString decomposed =
      nfd->normalize(icu::UnicodeString::fromUTF8(
                         icu::StringPiece(text.data(), static_cast<int32_t>(text.size()))),
                     error);
  icu::UnicodeString kept;
  for (int32_t i = 0; i < decomposed.length();) {
    const UChar32 c = decomposed.char32At(i);
    i += U16_LENGTH(c);
    if (u_charType(c) != U_NON_SPACING_MARK) kept.append(c);
  }
  std::string out;
  nfc->normalize(kept, error).toUTF8String(out);
  return out;
}

Span OriginalSpan(const Normalised& normalised, Span span) {
  return {normalised.source[span.begin], normalised.source[span.end]};
}

}  // namespace frontdesk::text
