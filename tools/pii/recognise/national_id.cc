// National ids of persons: check digits decide, a word vouches for weak ones.
#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "absl/strings/ascii.h"
#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/check_digits.h"
#include "tools/pii/recognise/context.h"

namespace frontdesk::tools {
namespace {

constexpr ContextWords kSsnWords(std::to_array<std::string_view>(
    {"ssn", "social security", "social", "ss#", "ss #", "soc sec", "itin", "tax id", "tin"}));
constexpr ContextWords kGermanWords(std::to_array<std::string_view>(
    {"steuer*", "idnr", "id-nr", "tax", "tin", "identifikationsnummer", "steuernummer", "idnr."}));
constexpr ContextWords kDutchWords(std::to_array<std::string_view>({"bsn", "burgerservicenummer", "sofi*", "sofinummer"}));
constexpr ContextWords kAadhaarWords(std::to_array<std::string_view>({"aadhaar", "aadhar", "uidai"}));
constexpr ContextWords kCpfWords(std::to_array<std::string_view>({"cpf", "cadastro de pessoas", "contribuinte"}));
constexpr ContextWords kPeselWords(std::to_array<std::string_view>({"pesel"}));
constexpr ContextWords kIdWords(std::to_array<std::string_view>(
    {"dni", "nie", "nif", "pps", "ppsn", "pan", "nino", "national insurance", "ni", "id",
     "sozialversicherung*", "rentenversicherung*", "versicherungsnummer", "sv-nummer", "svnr",
     "sv-nr", "rvnr"}));
constexpr ContextWords kNhsWords(std::to_array<std::string_view>({"nhs", "health service"}));
constexpr ContextWords kBusinessWords(std::to_array<std::string_view>({"order", "sku", "part", "model", "item", "ref", "code",
                                     "serial", "invoice", "tracking", "ticket", "coupon"}));

struct Shape {
  std::array<std::size_t, 7> sizes;  // of the digit groups, 0 ends
  bool (*valid)(std::string_view);
  WordList words;
  bool needs_word;
  std::string_view separators;
};

// Numbers written in digits only. A shape of one group also takes the groups it is cut into.
constexpr std::array<Shape, 19> kShapes = {{
    {{3, 2, 4}, IsUsSsn, kSsnWords, false, "-"},
    {{3, 2, 4}, IsUsSsn, kSsnWords, true, " ./\n"},
    {{9}, IsUsSsn, kSsnWords, true, ""},
    {{3, 2, 4}, IsUsItin, kSsnWords, true, "- ."},
    {{11}, IsGermanTaxId, kGermanWords, true, ""},
    {{2, 3, 3, 3}, IsGermanTaxId, kGermanWords, false, " "},
    {{2, 3, 3, 3}, IsGermanTaxId, kGermanWords, true, " ./-"},
    {{9}, IsDutchBsn, kDutchWords, true, ""},
    {{4, 2, 3}, IsDutchBsn, kDutchWords, true, ". -"},
    {{3, 3, 3}, IsDutchBsn, kDutchWords, true, ". -"},
    {{10}, IsNhsNumber, kNhsWords, true, ""},
    {{3, 3, 4}, IsNhsNumber, kNhsWords, true, ". -"},
    {{12}, IsAadhaar, kAadhaarWords, true, ""},
    {{4, 4, 4}, IsAadhaar, kAadhaarWords, false, " -."},
    {{3, 3, 3, 2}, IsBrazilianCpf, kCpfWords, false, ".- /"},
    {{11}, IsBrazilianCpf, kCpfWords, true, ""},
    {{11}, IsPolishPesel, kPeselWords, true, ""},
    {{15}, IsFrenchNir, {}, false, ""},
    {{1, 2, 2, 2, 3, 3, 2}, IsFrenchNir, {}, false, " .-"},
}};

// Bit i of entry n: shape i begins with a group of n digits.
constexpr auto kShapesBySize = [] {
  std::array<std::uint32_t, 16> shapes{};
  for (std::size_t i = 0; i < kShapes.size(); ++i) shapes[kShapes[i].sizes[0]] |= 1u << i;
  return shapes;
}();

// The number of groups from `first` that fill the shape; 0 when they do not.
std::size_t MatchShape(const View& view, const DigitGroups& groups, std::size_t first,
                       const Shape& shape) {
  std::size_t i = first;
  for (const std::size_t size : shape.sizes) {
    if (size == 0) break;  // sizes end
    if (i >= groups.size() || groups[i].digits.size() != size) return 0;
    if (i > first && !GapIs(view, groups, i - 1, shape.separators, 1)) return 0;
    ++i;
  }
  return i - first;
}

bool StandsAlone(const View& view, std::size_t begin, std::size_t end) {
  const char before = view.At(static_cast<std::ptrdiff_t>(begin) - 1);
  const char after = view.At(static_cast<std::ptrdiff_t>(end));
  const char beyond = view.At(static_cast<std::ptrdiff_t>(end) + 1);
  const char ahead = view.At(static_cast<std::ptrdiff_t>(begin) - 2);
  return !IsAsciiLetter(before) && !IsDigit(before) && !IsAsciiLetter(after) && !IsDigit(after) &&
         !(after == '-' && IsWordByte(beyond)) && !(before == '-' && IsWordByte(ahead));
}

void Add(const View& view, std::size_t begin, std::size_t end, std::string value, bool vouched,
         bool needs_word, Candidates& out) {
  if (!StandsAlone(view, begin, end) || (needs_word && !vouched)) return;
  if (!vouched && WordBefore(view, begin, kBusinessWords, 24)) return;
  out.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), PiiType::kSsn,
                 absl::AsciiStrToUpper(value), vouched || value.size() >= 15 ? 0.97 : 0.8});
}

// Spoken digits after "social security": nine of them.
void FindSpokenSsn(const View& view, const DigitGroups& groups, Candidates& out) {
  for (std::size_t first = 0; first < groups.size(); ++first) {
    if (!groups[first].spoken) continue;
    std::string digits = groups[first].digits;
    std::size_t last = first + 1;
    while (last < groups.size() && digits.size() < 9 && GapIs(view, groups, last - 1, " -", 1)) {
      digits += groups[last++].digits;
    }
    if (IsUsSsn(digits) && WordBefore(view, groups[first].begin, kSsnWords)) {
      Add(view, groups[first].begin, groups[last - 1].end, digits, true, true, out);
    }
    first = last - 1;
  }
}

bool IsUkNinoShape(std::string_view t) { return IsUkNino(t); }

// Ids with letters in them: read without blanks, dots and dashes from a word's start.
struct LetterId {
  std::size_t length;
  bool (*valid)(std::string_view);
  bool needs_word;
};
constexpr std::size_t kMostRead = 16;    // the longest, whose digits may be written as letters
constexpr std::size_t kLeastDigits = 4;  // of all others
constexpr std::size_t kShortest = 8;
constexpr LetterId kLetterIds[] = {
    {16, IsItalianFiscalCode, false}, {15, IsFrenchNir, false}, {9, IsUkNinoShape, false},
    {9, IsSpanishDni, false},         {9, IsIrishPps, false},   {8, IsIrishPps, false},
    {12, IsGermanInsuranceNumber, true}, {10, IsIndianPan, false},
};

// True when an id may begin with these letters and then a digit: none, an NIE's x to z, a NINO's two, a PAN's
// five with a p for persons, a codice fiscale's six and more.
bool MayPrecedeDigits(std::string_view letters) {
  switch (letters.size()) {
    case 1:
      return letters[0] >= 'x' && letters[0] <= 'z';
    case 3:
    case 4:
      return false;
    case 5:
      return letters[3] == 'p';
    default:
      return true;
  }
}

bool IsIdSeparator(char c) { return c == ' ' || c == '.' || c == '-' || c == '\n'; }

void FindLetterIds(const View& view, const DigitGroups& groups, Candidates& out) {
  // Six letters, each with a separator behind it, are the most that may stand before the first digit.
  constexpr std::size_t kMostBeforeDigit = 12;
  const std::string_view text = view.text();
  auto next = groups.begin();  // the first written group that is not before i
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (next != groups.end() && (next->spoken || next->begin < i)) ++next;
    if (next == groups.end()) break;
    if (next->begin > i + kMostBeforeDigit) i = next->begin - kMostBeforeDigit;
    if (!(IsDigit(text[i]) || IsAsciiLetter(text[i])) ||
        IsWordByte(view.At(static_cast<std::ptrdiff_t>(i) - 1))) {
      continue;
    }
    std::array<char, kMostRead> read;
    std::array<std::size_t, kMostRead + 1> end_of;  // end_of[n]: where the first n characters end
    std::size_t count = 0;
    std::size_t digits = 0;
    for (std::size_t at = i, gap = 0; at < text.size() && count < kMostRead; ++at) {
      if (IsDigit(text[at]) || IsAsciiLetter(text[at])) {
        if (!IsDigit(text[at])) {
          // Ids that begin with a digit have six or more before a letter.
          if (digits > 0 && digits == count && digits < 6) break;
        } else if (digits++ == 0 && !MayPrecedeDigits({read.data(), count})) {
          break;
        }
        read[count++] = text[at];
        end_of[count] = at + 1;
        gap = 0;
      } else if (!IsIdSeparator(text[at]) || ++gap > 1) {
        break;
      }
      if (count == 6 && digits == 0 && text[at] == ' ') break;
      if (count == 7 && digits == 0) break;  // words, not an id
    }
    if (count < kShortest || (digits < kLeastDigits && count < kMostRead)) continue;
    for (const LetterId& id : kLetterIds) {
      if (count < id.length) continue;
      const std::string_view value(read.data(), id.length);
      const std::size_t end = end_of[id.length];
      if (IsWordByte(view.At(static_cast<std::ptrdiff_t>(end))) || !id.valid(value)) continue;
      Add(view, i, end, std::string(value), WordBefore(view, i, kIdWords), id.needs_word, out);
      break;
    }
  }
}

}  // namespace

void FindNationalIds(const View& view, const DigitGroups& groups, Candidates& out) {
  for (std::size_t first = 0; first < groups.size(); ++first) {
    const std::size_t size = groups[first].digits.size();
    for (std::uint32_t left = size < kShapesBySize.size() ? kShapesBySize[size] : 0; left != 0; left &= left - 1) {
      const Shape& shape = kShapes[static_cast<std::size_t>(std::countr_zero(left))];
      const std::size_t count = MatchShape(view, groups, first, shape);
      if (count == 0) continue;
      const std::string digits = JoinDigits(groups, first, first + count);
      if (!shape.valid(digits)) continue;
      const bool vouched = WordBefore(view, groups[first].begin, shape.words) ||
                           WordAfter(view, groups[first + count - 1].end, shape.words, 16);
      Add(view, groups[first].begin, groups[first + count - 1].end, digits, vouched,
          shape.needs_word, out);
    }
  }
  FindSpokenSsn(view, groups, out);
  FindLetterIds(view, groups, out);
}

}  // namespace frontdesk::tools
