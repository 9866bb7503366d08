// Values that only the words before them give away: dates of birth, bank accounts,
// passports, postcodes. The patterns are RE2 over folded text, linear in its length.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/check_digits.h"
#include "tools/pii/recognise/literals.h"

namespace frontdesk::tools {
namespace {

std::string WithoutSeparators(std::string_view text) {
  std::string value;
  for (const char c : text) {
    if (IsDigit(c) || IsLetter(c)) value += c;
  }
  return absl::AsciiStrToUpper(value);
}

// RE2's word bytes, for \b.
bool IsAsciiWordByte(char c) { return IsDigit(c) || IsAsciiLetter(c) || c == '_'; }

// Tries the pattern at places in ascending order and adds its group 1 wherever it matches behind the
// match before: what an unanchored search finds when every match begins at one of the places.
class Matches {
 public:
  Matches(const View& view, const RE2& pattern, PiiType type, double confidence, Candidates& out)
      : text_(view.text()), pattern_(pattern), type_(type), confidence_(confidence), out_(out) {}

  void Try(std::size_t begin) {
    if (begin < done_) return;
    // What was taken before is out of sight, as if the text began behind it.
    const re2::StringPiece rest(text_.data() + done_, text_.size() - done_);
    re2::StringPiece groups[2];
    if (!pattern_.Match(rest, begin - done_, rest.size(), RE2::ANCHOR_START, groups, 2)) return;
    done_ = static_cast<std::size_t>(groups[0].data() - text_.data()) + groups[0].size();
    const auto value = static_cast<std::size_t>(groups[1].data() - text_.data());
    const std::size_t end = value + groups[1].size();
    if (end < text_.size() && IsWordByte(text_[end])) return;
    out_.push_back({static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(end), type_,
                    WithoutSeparators(text_.substr(value, end - value)), confidence_});
  }

  // The end of the last match.
  std::size_t done() const { return done_; }

 private:
  std::string_view text_;
  const RE2& pattern_;
  PiiType type_;
  double confidence_;
  Candidates& out_;
  std::size_t done_ = 0;
};

#define FRONTDESK_MONTHS                                                                          \
  "(?:jan(?:uary|uar|vier|uari)?|feb(?:ruary|ruar|ruari)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|" \
  "ço)?|"                                                                                        \
  "m[äa]rz|maart|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|ma[iyj]o?|june?|juni|juin|junio|giugno|"   \
  "jul(?:y|i|io|ho)?|juil(?:let)?|luglio|aug(?:ust|ustus)?|ao[uû]t|ago(?:sto)?|"                 \
  "sep(?:t|tember|tembre|tiembre)?|set(?:embro|tembre)?|o[ck]t(?:ober|obre|ubre)?|ott(?:obre)?|"  \
  "out(?:ubro)?|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embro)?|d[ée]c(?:embre)?|"       \
  "dic(?:embre|iembre)?|genn(?:aio)?|enero|febrero|gen|ene)\\.?"

#define FRONTDESK_DATE                                            \
  "(?:\\d{1,4}[./\\- ]\\d{1,2}[./\\- ]\\d{1,4}|"                  \
  "\\d{1,2}(?:st|nd|rd|th|er|\\.)?(?: of| de)? " FRONTDESK_MONTHS \
  "(?: of| de|,)? ?'?\\d{2,4}|" FRONTDESK_MONTHS " \\d{1,2}(?:st|nd|rd|th)?,? '?\\d{2,4}|\\d{8})"

const RE2& BirthPattern() {
  static const RE2* const pattern = new RE2(
      "(?:\\bdob\\b|d\\.o\\.b\\.?|date of birth|birth "
      "?date|birthday|\\bborn\\b|geboren|geburtsdatum|"
      "geb\\.|\\bn[ée]e? le\\b|date de naissance|fecha de nacimiento|\\bnac[ií]\\b|nacid[oa]|"
      "data de nascimento|nascid[oa]|\\bnat[oa] il\\b|data di nascita|geboortedatum|生年月日)"
      "[^0-9\\n]{0,12}?[ :\\n(]{1,3}(?:is |was |on |am |el |il |op |the |in )?(" FRONTDESK_DATE
      ")");
  return *pattern;
}

const RE2& AccountPattern() {
  static const RE2* const pattern = new RE2(
      "(?:\\b(?:account|acct|a/c|acc|konto|kontonummer|compte|cuenta|conto|rekening|rekeningnummer)"
      "(?: ?(?:number|num|no|nr|nummer|#|n°|numero|numéro|número))?\\.?"
      "(?: is| ist| es| est|:| :|#)* ?#?)(\\d(?:[ -]?\\d){6,16})");
  return *pattern;
}

const RE2& SortCodePattern() {
  static const RE2* const pattern = new RE2(
      "\\b(?:sort ?code|blz|bankleitzahl|routing(?: number| no\\.?| #)?|aba|transit number|bsb)"
      "(?: is|:| :)* ?(\\d{8,9}|\\d{2}[- ]\\d{2}[- ]\\d{2}|\\d{3}[- ]\\d{3}|\\d{6})");
  return *pattern;
}

const RE2& PassportPattern() {
  static const RE2* const pattern = new RE2(
      "\\b(?:passport|reisepass|passeport|pasaporte|passaporto|paspoort|passaporte|ausweis|"
      "personalausweis)"
      "(?:nummer)?(?: ?(?:number|num|no|nr|#|n°|id))?\\.?(?: is| ist| es| est| è|:| :|,|#)* ?"
      "([a-z]{0,2}\\d{6,9}[a-z]?|[cfghjk][0-9cfghjklmnprtvwxyz]{8}\\d?)");
  return *pattern;
}

const RE2& PostcodeWordPattern() {
  static const RE2* const pattern = new RE2(
      "\\b(?:post ?code|postal code|zip(?: ?code)?|eircode|plz|postleitzahl|code postal|"
      "código postal|codigo postal|cp|cap|cep|pin ?code)(?: is| ist|:| :|=|\\.)* ?"
      "(\\d{5}-\\d{3,4}|\\d{4} ?[a-z]{2}|\\d{4,6}|[a-z]{1,2}\\d[a-z\\d]? ?\\d[a-z]{2}|"
      "[a-z]\\d[\\dw] ?[a-z\\d]{4}|[a-z]\\d[a-z] ?\\d[a-z]\\d)");
  return *pattern;
}

// Shapes that are postcodes wherever they stand: United Kingdom, Ireland, Canada.
const RE2& PostcodePattern() {
  static const RE2* const pattern = new RE2(
      "\\b((?:[a-pr-uwyz]\\d|[a-pr-uwyz]\\d{2}|[a-pr-uwyz][a-hk-y]\\d|[a-pr-uwyz][a-hk-y]\\d{2}|"
      "[a-pr-uwyz]\\d[a-hjkpstuw]|[a-pr-uwyz][a-hk-y]\\d[abehmnprv-y]) \\d[abd-hjlnp-uw-z]{2}|"
      "[ac-fhknprtv-y]\\d[\\dw] [0-9ac-fhknprtv-y]{4}|[abceghj-nprstvxy]\\d[abceghj-nprstv-z] "
      "\\d[abceghj-nprstv-z]\\d)\\b");
  return *pattern;
}

// What the patterns begin with.
enum Cue { kBirthCue, kSortCodeCue, kAccountCue, kPassportCue, kPostcodeCue };

const Literals& Cues() {
  static const Literals* const cues = new Literals(std::to_array<Literal>({
      {"dob", kBirthCue},          {"d.o.b", kBirthCue},
      {"date of b", kBirthCue},    {"birth", kBirthCue},
      {"born", kBirthCue},         {"geboren", kBirthCue},
      {"geburtsdatum", kBirthCue}, {"geb.", kBirthCue},
      {"né le", kBirthCue},        {"née le", kBirthCue},
      {"ne le", kBirthCue},        {"nee le", kBirthCue},
      {"date de n", kBirthCue},    {"fecha de n", kBirthCue},
      {"nac", kBirthCue},          {"data d", kBirthCue},
      {"nascid", kBirthCue},       {"nato il", kBirthCue},
      {"nata il", kBirthCue},      {"geboorted", kBirthCue},
      {"生年月日", kBirthCue},     {"sortcode", kSortCodeCue},
      {"sort code", kSortCodeCue}, {"blz", kSortCodeCue},
      {"bankleit", kSortCodeCue},  {"routing", kSortCodeCue},
      {"aba", kSortCodeCue},       {"transit n", kSortCodeCue},
      {"bsb", kSortCodeCue},       {"acc", kAccountCue},
      {"a/c", kAccountCue},        {"konto", kAccountCue},
      {"compte", kAccountCue},     {"cuenta", kAccountCue},
      {"conto", kAccountCue},      {"rekening", kAccountCue},
      {"passport", kPassportCue},  {"reisepass", kPassportCue},
      {"passeport", kPassportCue}, {"pasaporte", kPassportCue},
      {"passaport", kPassportCue}, {"paspoort", kPassportCue},
      {"ausweis", kPassportCue},   {"personalaus", kPassportCue},
      {"post", kPostcodeCue},      {"zip", kPostcodeCue},
      {"eircode", kPostcodeCue},   {"plz", kPostcodeCue},
      {"code po", kPostcodeCue},   {"código po", kPostcodeCue},
      {"codigo po", kPostcodeCue}, {"cp", kPostcodeCue},
      {"cap", kPostcodeCue},       {"cep", kPostcodeCue},
      {"pin", kPostcodeCue},
  }));
  return *cues;
}

void FindBehindCues(const View& view, Candidates& out) {
  const std::string_view text = view.text();
  std::vector<LiteralHit> hits;
  Cues().Find(text, hits);
  if (hits.empty()) return;
  std::sort(hits.begin(), hits.end(),
            [](const LiteralHit& a, const LiteralHit& b) { return a.begin < b.begin; });
  Candidates accounts;
  Matches births(view, BirthPattern(), PiiType::kDateOfBirth, 0.95, out);
  Matches sort_codes(view, SortCodePattern(), PiiType::kAccount, 0.9, accounts);
  Matches bank_accounts(view, AccountPattern(), PiiType::kAccount, 0.85, accounts);
  Matches passports(view, PassportPattern(), PiiType::kPassport, 0.95, out);
  Matches postcodes(view, PostcodeWordPattern(), PiiType::kPostcode, 0.9, out);
  for (const LiteralHit& hit : hits) {
    Matches& matches = hit.kind == kBirthCue      ? births
                       : hit.kind == kSortCodeCue ? sort_codes
                       : hit.kind == kAccountCue  ? bank_accounts
                       : hit.kind == kPassportCue ? passports
                                                  : postcodes;
    // All but some words of birth stand at a word's start; seen here, it costs no search.
    const bool inside = hit.begin > matches.done() && IsAsciiWordByte(text[hit.begin - 1]);
    if (inside && hit.kind != kBirthCue) continue;
    matches.Try(hit.begin);
  }
  for (Candidate& account : accounts) {
    if (account.value.size() >= 6) out.push_back(std::move(account));
  }
}

// Shapes that are postcodes wherever they stand begin with a letter or two and a digit.
void FindBarePostcodes(const View& view, const DigitGroups& groups, Candidates& out) {
  const std::string_view text = view.text();
  Matches matches(view, PostcodePattern(), PiiType::kPostcode, 0.7, out);
  for (const DigitGroup& group : groups) {
    if (group.spoken || group.end - group.begin > 2) continue;
    const std::size_t letters = IsAsciiLetter(view.At(static_cast<std::ptrdiff_t>(group.begin) - 2)) ? 2 : 1;
    if (group.begin < letters || !IsAsciiLetter(text[group.begin - 1])) continue;
    const std::size_t begin = group.begin - letters;
    if (begin > matches.done() && IsAsciiWordByte(text[begin - 1])) continue;
    matches.Try(begin);
  }
}

}  // namespace

void FindByContext(const View& view, const DigitGroups& groups, Candidates& out) {
  FindBehindCues(view, out);
  FindBarePostcodes(view, groups, out);
}

}  // namespace frontdesk::tools
