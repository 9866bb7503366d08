// National ids of persons: check digits decide, a word vouches for weak ones.
#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/check_digits.h"
#include "tools/pii/recognise/context.h"

namespace frontdesk::tools {
namespace {

constexpr auto kSsnWords = std::to_array<std::string_view>(
    {"ssn", "social security", "social", "ss#", "ss #", "soc sec", "itin", "tax id", "tin"});
constexpr auto kGermanWords = std::to_array<std::string_view>(
    {"steuer*", "idnr", "id-nr", "tax", "tin", "identifikationsnummer", "steuernummer", "idnr."});
constexpr auto kDutchWords =
    std::to_array<std::string_view>({"bsn", "burgerservicenummer", "sofi*", "sofinummer"});
constexpr auto kAadhaarWords = std::to_array<std::string_view>({"aadhaar", "aadhar", "uidai"});
constexpr auto kCpfWords =
    std::to_array<std::string_view>({"cpf", "cadastro de pessoas", "contribuinte"});
constexpr auto kPeselWords = std::to_array<std::string_view>({"pesel"});
constexpr auto kIdWords = std::to_array<std::string_view>(
    {"dni", "nie", "nif", "pps", "ppsn", "pan", "nino", "national insurance", "ni", "id",
     "sozialversicherung*", "rentenversicherung*", "versicherungsnummer", "sv-nummer", "svnr",
     "sv-nr", "rvnr"});
constexpr auto kNhsWords = std::to_array<std::string_view>({"nhs", "health service"});
constexpr auto kBusinessWords =
    std::to_array<std::string_view>({"order", "sku", "part", "model", "item", "ref", "code",
                                     "serial", "invoice", "tracking", "ticket", "coupon"});

struct Shape {
  std::array<std::size_t, 7> sizes;  // of the digit groups, 0 ends
  bool (*valid)(std::string_view);
  WordList words;
  bool needs_word;
  std::string_view separators;
};

// Numbers written in digits only. A shape of one group also takes the groups it is cut into.
const std::array<Shape, 19>& Shapes() {
  static const std::array<Shape, 19> shapes = {{
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
  return shapes;
}

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
constexpr LetterId kLetterIds[] = {
    {16, IsItalianFiscalCode, false}, {15, IsFrenchNir, false}, {9, IsUkNinoShape, false},
    {9, IsSpanishDni, false},         {9, IsIrishPps, false},   {8, IsIrishPps, false},
    {12, IsGermanInsuranceNumber, true}, {10, IsIndianPan, false},
};

void FindLetterIds(const View& view, Candidates& out) {
  const std::string_view text = view.text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!(IsDigit(text[i]) || IsAsciiLetter(text[i])) ||
        IsWordByte(view.At(static_cast<std::ptrdiff_t>(i) - 1))) {
      continue;
    }
    std::string read;
    std::array<std::size_t, 17> end_of{};  // end_of[n]: where the first n characters end
    bool digit = false;
    for (std::size_t at = i, gap = 0; at < text.size() && read.size() < 16; ++at) {
      if (IsDigit(text[at]) || IsAsciiLetter(text[at])) {
        read += text[at];
        digit = digit || IsDigit(text[at]);
        end_of[read.size()] = at + 1;
        gap = 0;
      } else if (std::string_view(" .-\n").find(text[at]) == std::string_view::npos || ++gap > 1) {
        break;
      }
      if (read.size() == 6 && !digit && text[at] == ' ') break;
      if (read.size() == 7 && !digit) break;  // words, not an id
    }
    if (!digit) continue;
    for (const LetterId& id : kLetterIds) {
      if (read.size() < id.length) continue;
      const std::string_view value = std::string_view(read).substr(0, id.length);
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
    for (const Shape& shape : Shapes()) {
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
  FindLetterIds(view, out);
}

}  // namespace frontdesk::tools
