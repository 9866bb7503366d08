// Telephone numbers: libphonenumber judges, shape and words decide what it is asked.
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/context.h"

namespace frontdesk::tools {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr ContextWords kPhoneWords(std::to_array<std::string_view>(
    {"phone",    "phones",    "telephone", "tel",      "tel.",      "mobile",    "mob",
     "cell",     "cellphone", "call",      "called",   "calling",   "ring",      "dial",
     "text",     "sms",       "fax",       "whatsapp", "reach",     "reachable", "my number",
     "hotline",  "handy",     "telefon",   "telefono", "teléfono",  "telefone",  "téléphone",
     "nummer",   "numéro",    "número",    "numero",   "rufnummer", "celular",   "móvil",
     "portable", "gsm",       "messages",  "callback", "voicemail", "contact:",  "電話",
     "هاتف",     "اتصل*",     "फोन",       "☎",        "📞"}));
// What a table or signature puts behind the number.
constexpr ContextWords kPhoneLabels(std::to_array<std::string_view>(
    {"office", "fax", "home", "mobile", "cell", "work", "tel", "phone"}));
constexpr ContextWords kOtherWords(std::to_array<std::string_view>(
    {"order",  "orders", "tracking", "track",  "invoice",    "rechnung",  "sku",
     "part",   "item",   "model",    "serial", "ref",        "reference", "ticket",
     "isbn",   "ean",    "imei",     "npi",    "mrn",        "license",   "licence",
     "policy", "fedex",  "ups",      "usps",   "dhl",        "parcel",    "version",
     "code",   "coupon", "account",  "record", "identifier", "routing",   "passport",
     "iban",   "bic",    "draw",     "claim",  "dea",        "barcode"}));

constexpr std::string_view kSeparators = " \t-.()/\n";
constexpr std::size_t kMaxDigits = 15;
// The most that Score gives, with a valid country code and without one.
constexpr double kSurest = 0.98, kSurestWithout = 0.95;

// What libphonenumber says of a number. Parsing and judging one takes about 10 µs, more than all else
// that is done for a message: a number is asked about only when the answer can matter.
struct Judgement {
  bool valid = false;
  bool possible = false;
  bool mobile = false;
  std::string e164;
};

Judgement Judge(const std::string& number, std::string_view country) {
  const PhoneNumberUtil& phones = *PhoneNumberUtil::GetInstance();
  PhoneNumber parsed;
  Judgement judgement;
  if (phones.Parse(number, std::string(country), &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) {
    return judgement;
  }
  const auto type = phones.GetNumberType(parsed);  // known exactly when the number is valid
  judgement.valid = type != PhoneNumberUtil::UNKNOWN;
  judgement.possible = judgement.valid || phones.IsPossibleNumber(parsed);
  judgement.mobile = type == PhoneNumberUtil::MOBILE;
  if (judgement.valid) phones.Format(parsed, PhoneNumberUtil::E164, &judgement.e164);
  return judgement;
}

// Groups [first, last) with what stands before and between them.
struct Stretch {
  std::size_t first, last;
  std::size_t begin, end;  // in the view's text, sign and bracket included
  bool plus, bracket;
  std::string digits;
  std::string gaps;  // the separators in order, one character each
  bool spoken;
};

std::size_t SpokenCount(const DigitGroups& groups, std::size_t first, std::size_t last) {
  return static_cast<std::size_t>(std::count_if(groups.begin() + static_cast<std::ptrdiff_t>(first),
                                                groups.begin() + static_cast<std::ptrdiff_t>(last),
                                                [](const DigitGroup& g) { return g.spoken; }));
}

// True when the gap after group i may lie inside a number.
bool JoinsPhone(const View& view, const DigitGroups& groups, std::size_t i) {
  if (!GapIs(view, groups, i, kSeparators, 3)) return false;
  const std::string_view gap = Gap(view, groups, i);
  if (gap == " / ") {  // an area code, "030 / 901820", and not the border of two numbers
    const std::string& code = groups[i].digits;
    return code[0] == '0' && code.size() >= 3 && code.size() <= 6 &&
           (i == 0 || !GapIs(view, groups, i - 1, kSeparators, 3));
  }
  return gap != " - " && gap != "\n\n" &&
         gap.find("//") == std::string_view::npos && gap.find("..") == std::string_view::npos &&
         gap != ". ";
}

Stretch MakeStretch(const View& view, const DigitGroups& groups, std::size_t first,
                    std::size_t last) {
  Stretch s = {first, last, groups[first].begin, groups[last - 1].end, false, false, "", "", false};
  for (std::size_t i = first; i < last; ++i) {
    s.digits += groups[i].digits;
    if (i + 1 < last) {
      const std::string_view gap = Gap(view, groups, i);
      s.gaps += gap.empty() ? '_' : gap.find(')') != gap.npos ? ')' : gap[0];
    }
  }
  s.spoken = SpokenCount(groups, first, last) > 0;
  const auto at = [&](std::size_t back) {
    return view.At(static_cast<std::ptrdiff_t>(s.begin) - static_cast<std::ptrdiff_t>(back));
  };
  if (at(1) == '(') {
    s.bracket =
        view.text().substr(s.begin, s.end - s.begin).find(')') != std::string::npos || at(2) == '+';
    if (s.bracket) --s.begin;
  }
  if (groups[first].spoken && view.text().substr(0, s.begin).ends_with(" plus ")) {
    s.plus = true;
    s.begin -= 5;
  }
  if (at(1) == '+' && !IsWordByte(at(2))) {
    s.plus = true;
    --s.begin;
    if (at(1) == '(') --s.begin;
  }
  return s;
}

// "2-4-4 groups" as one character per size.
std::string Sizes(const DigitGroups& groups, const Stretch& s) {
  std::string sizes;
  for (std::size_t i = s.first; i < s.last; ++i) {
    sizes += static_cast<char>('0' + std::min<std::size_t>(9, groups[i].digits.size()));
  }
  return sizes;
}

bool LooksLikeDateOrAmount(const DigitGroups& groups, const Stretch& s) {
  const std::string sizes = Sizes(groups, s);
  const bool one_kind =
      s.gaps.find_first_not_of(s.gaps.empty() ? '-' : s.gaps[0]) == std::string::npos;
  if (one_kind && (s.gaps[0] == '-' || s.gaps[0] == '.' || s.gaps[0] == '/')) {
    for (const std::string_view date :
         {"422", "224", "124", "214", "114", "222", "421", "412", "411"}) {
      if (sizes == date) return true;
    }
  }
  // 44: a range of years or a time; 13…: thousands with dots.
  if (sizes == "44" && s.gaps[0] != ' ') return s.digits.substr(0, 1) <= "2";
  return s.gaps.find('.') != std::string::npos && sizes.size() <= 3 && sizes.back() == '3' &&
         sizes.front() <= '3' && s.digits[0] != '0' && sizes != "334" && s.digits.size() < 10 &&
         sizes != "333";
}

// The North American 3-3-4, with or without 1 or 001 before it.
bool IsNorthAmericanShape(const DigitGroups& groups, const Stretch& s) {
  const std::string sizes = Sizes(groups, s);
  const bool tail = sizes.ends_with("334");
  const std::string head = tail ? sizes.substr(0, sizes.size() - 3) : "";
  const bool country = head.empty() || (head == "1" && s.digits[0] == '1') ||
                       (head == "3" && s.digits.starts_with("001"));
  return tail && country && s.gaps.find('\n') == std::string::npos;
}

// What the words around a stretch say of it.
struct Surroundings {
  std::size_t word;   // distance of the nearest word of telephones before it; npos: none
  std::size_t other;  // the same of other things' numbers
};

Surroundings Around(const View& view, std::size_t begin) {
  return {DistanceBefore(view, begin, kPhoneWords), DistanceBefore(view, begin, kOtherWords, 28)};
}

// How sure we are of bare digits.
double ScoreBare(const View& view, const Stretch& s, bool called, bool close,
                 std::string_view country, std::string& value) {
  const std::size_t count = s.digits.size();
  if (!called && s.digits[0] != '0') return 0;
  const Judgement judgement = Judge(s.digits, country);
  value = judgement.valid ? judgement.e164 : s.digits;
  if (called && judgement.valid) return 0.95;
  if (called && close) return count >= 7 && count <= 12 ? 0.8 : 0;
  // Without a word: a mobile number of the caller's country, or the whole text.
  if (judgement.mobile && s.digits[0] == '0') return 0.75;
  return s.digits[0] == '0' && judgement.valid && view.text().size() <= count + 12 ? 0.6 : 0;
}

// How sure we are of several groups without a country code.
double ScoreGroups(const DigitGroups& groups, const Stretch& s, bool called,
                   std::string_view country, std::string& value) {
  const bool american = IsNorthAmericanShape(groups, s);
  if (!american && !called && !s.bracket && s.digits[0] != '0') return 0;
  const Judgement judgement = Judge(s.digits, country);
  value = judgement.valid ? judgement.e164 : s.digits;
  if (american) return 0.9;
  if (judgement.valid && (s.digits[0] == '0' || called)) return called ? 0.95 : 0.8;
  if (called) return 0.85;
  if (s.bracket) return 0.75;
  if (s.digits[0] != '0' || s.last - s.first > 5 || s.digits.size() < 9) return 0;
  for (const std::string_view region :
       {"GB", "DE", "FR", "ES", "IT", "NL", "US", "JP", "SE", "BR"}) {
    if ((region != "DE" || s.last - s.first <= 3) && Judge(s.digits, region).valid) return 0.6;
  }
  return 0;
}

// How sure we are of digits with a country code.
double ScoreInternational(const DigitGroups& groups, const Stretch& s, bool called,
                          std::string_view country, std::string& value) {
  const Judgement judgement = Judge("+" + (s.plus ? s.digits : s.digits.substr(2)), country);
  value = judgement.valid ? judgement.e164 : s.digits;
  if (judgement.valid) return kSurest;
  if (s.plus && s.digits.size() >= 8) return 0.85;
  if (IsNorthAmericanShape(groups, s)) return 0.85;
  return called && judgement.possible ? 0.8 : 0;
}

// How sure we are of spoken digits.
double ScoreSpoken(const DigitGroups& groups, const Stretch& s, bool called,
                   std::string_view country, std::string& value) {
  if (SpokenCount(groups, s.first, s.last) < 3 || s.last - s.first < 4) return 0;
  const Judgement judgement = Judge((s.plus ? "+" : "") + s.digits, country);
  value = judgement.valid ? judgement.e164 : s.digits;
  if (called) return 0.95;
  return judgement.valid ? 0.95 : s.digits[0] == '0' ? 0.8 : s.digits.size() >= 10 ? 0.6 : 0;
}

bool IsInternational(const Stretch& s) { return s.plus || s.digits.starts_with("00"); }

// How sure we are that the stretch is a telephone number; 0 for no.
// middle: the stretch lies inside a longer row of digits, where only a word makes it a number.
double Score(const View& view, const DigitGroups& groups, const Stretch& s, const Surroundings& around,
             std::string_view country, bool middle, std::string& value) {
  const std::size_t count = s.digits.size();
  if (count > kMaxDigits || LooksLikeDateOrAmount(groups, s)) return 0;
  const bool labelled = WordAfter(view, s.end, kPhoneLabels, 8);
  const bool called =
      labelled || (around.word != std::string_view::npos && around.word <= around.other);
  if (around.other < around.word && !s.plus && !labelled) return 0;
  if (count < (labelled ? 6u : 7u)) return 0;
  if (middle && !called && !s.plus && !s.bracket && !IsNorthAmericanShape(groups, s)) return 0;
  if (s.spoken) return ScoreSpoken(groups, s, called, country, value);
  if (IsInternational(s)) return ScoreInternational(groups, s, called, country, value);
  if (s.last - s.first == 1) {
    return ScoreBare(view, s, called, labelled || around.word <= 24, country, value);
  }
  return ScoreGroups(groups, s, called, country, value);
}

// "x14", " ext. 14": where it ends, or end when there is none.
std::size_t ExtensionEnd(const View& view, std::size_t end) {
  const std::string_view rest = view.text().substr(end);
  if (rest.empty() || std::string_view("x e#").find(rest[0]) == std::string_view::npos) return end;
  for (const std::string_view mark :
       {"x", " x", "ext", " ext. ", " ext ", " ext.", " extension ", "#", " durchwahl "}) {
    if (!rest.starts_with(mark)) continue;
    std::size_t i = mark.size();
    if (i < rest.size() && rest[i] == ' ') ++i;
    const std::size_t begin = i;
    while (i < rest.size() && IsDigit(rest[i])) ++i;
    if (i > begin && i - begin <= 6 && (i == rest.size() || !IsWordByte(rest[i]))) return end + i;
  }
  return end;
}

bool StandsAlone(const View& view, const Stretch& s, std::size_t end) {
  const char before = view.At(static_cast<std::ptrdiff_t>(s.begin) - 1);
  const char ahead = view.At(static_cast<std::ptrdiff_t>(s.begin) - 2);
  const char after = view.At(static_cast<std::ptrdiff_t>(end));
  const char beyond = view.At(static_cast<std::ptrdiff_t>(end) + 1);
  if (s.spoken) return true;
  if (IsAsciiLetter(before) || IsDigit(before) || before == '#' || before == '$') return false;
  if ((before == '-' || before == '.' || before == '/' || before == ',' || before == ':') &&
      IsDigit(ahead))
    return false;
  if (IsAsciiLetter(after) || IsDigit(after)) return false;
  return !((after == '-' || after == '.' || after == ',' || after == '/') && IsDigit(beyond)) &&
         after != '%';
}

}  // namespace

void FindPhones(const View& view, const DigitGroups& groups, std::string_view country,
                Candidates& out) {
  for (std::size_t first = 0; first < groups.size(); ++first) {
    std::size_t most = first + 1;
    std::size_t digits = groups[first].digits.size();
    while (most < groups.size() && JoinsPhone(view, groups, most - 1) &&
           digits + groups[most].digits.size() <= kMaxDigits) {
      digits += groups[most++].digits.size();
    }
    if (digits < 6) continue;
    // The middle of a longer row of digits is rarely a number of its own.
    const bool middle = first > 0 && JoinsPhone(view, groups, first - 1) &&
                        Gap(view, groups, first - 1).find('\n') == std::string_view::npos;
    std::optional<Candidate> best;
    std::size_t best_last = 0;
    std::optional<Surroundings> around;
    std::size_t around_begin = 0;
    for (std::size_t last = most; last > first; --last) {
      const Stretch s = MakeStretch(view, groups, first, last);
      if (s.digits.size() < 6) break;
      // Who says a number says all of it: no spoken digit is left behind.
      if (best && groups[last - 1].spoken && groups[last].spoken) break;
      // A shorter one has to be surer.
      if (best && best->confidence >= (IsInternational(s) ? kSurest : kSurestWithout)) break;
      const std::size_t end = ExtensionEnd(view, s.end);
      if (!StandsAlone(view, s, end)) continue;
      if (!around || around_begin != s.begin) {
        around = Around(view, s.begin);
        around_begin = s.begin;
      }
      std::string value;
      double score = Score(view, groups, s, *around, country, middle, value);
      if (s.gaps.find('\n') != std::string::npos) score -= 0.15;
      if (middle && !s.plus && !s.bracket) score -= 0.35;
      if (score > 0.5 && (!best || score > best->confidence)) {
        best = Candidate{static_cast<std::uint32_t>(s.begin), static_cast<std::uint32_t>(end),
                         PiiType::kPhone, std::move(value), score};
        best_last = last;
      }
    }
    if (!best) continue;
    out.push_back(*std::move(best));
    first = best_last - 1;
  }
}

}  // namespace frontdesk::tools
