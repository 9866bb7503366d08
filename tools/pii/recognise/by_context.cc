// Values that only the words before them give away: dates of birth, bank accounts,
// passports, postcodes. The patterns are RE2 over folded text, linear in its length.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "tools/pii/recognise/candidate.h"
#include "tools/pii/recognise/check_digits.h"
#include "tools/pii/recognise/context.h"

namespace frontdesk::tools {
namespace {

std::string WithoutSeparators(std::string_view text) {
  std::string value;
  for (const char c : text) {
    if (IsDigit(c) || IsLetter(c)) value += c;
  }
  return absl::AsciiStrToUpper(value);
}

// Adds every group 1 of the pattern as a candidate.
void AddMatches(const View& view, const RE2& pattern, PiiType type, double confidence,
                Candidates& out) {
  const std::string_view text = view.text();
  re2::StringPiece rest(text.data(), text.size());
  re2::StringPiece value;
  while (RE2::FindAndConsume(&rest, pattern, &value)) {
    const auto begin = static_cast<std::size_t>(value.data() - text.data());
    const std::size_t end = begin + value.size();
    if (IsWordByte(view.At(static_cast<std::ptrdiff_t>(end)))) continue;
    out.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), type,
                   WithoutSeparators({value.data(), value.size()}), confidence});
  }
}

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

bool Any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

void FindBankNumbers(const View& view, Candidates& out) {
  const std::size_t before = out.size();
  AddMatches(view, SortCodePattern(), PiiType::kAccount, 0.9, out);
  AddMatches(view, AccountPattern(), PiiType::kAccount, 0.85, out);
  std::erase_if(out, [&](const Candidate& candidate) {
    return &candidate - out.data() >= static_cast<std::ptrdiff_t>(before) &&
           candidate.value.size() < 6;
  });
}

}  // namespace

void FindByContext(const View& view, Candidates& out) {
  const std::string_view text = view.text();
  if (Any(text, {"dob", "d.o.b", "birth", "born", "geb", "né", "ne le", "née", "nac", "nasc", "nat",
                 "geboort", "生年月日"})) {
    AddMatches(view, BirthPattern(), PiiType::kDateOfBirth, 0.95, out);
  }
  if (Any(text, {"acc", "a/c", "sort", "konto", "blz", "bankleit", "compte", "cuenta", "conto",
                 "rekening", "routing", "aba", "transit", "bsb"})) {
    FindBankNumbers(view, out);
  }
  if (Any(text, {"pass", "pasaporte", "paspoort", "ausweis"})) {
    AddMatches(view, PassportPattern(), PiiType::kPassport, 0.95, out);
  }
  if (Any(text, {"post", "zip", "eircode", "plz", "código", "codigo", "cap", "cep", "cp", "pin"})) {
    AddMatches(view, PostcodeWordPattern(), PiiType::kPostcode, 0.9, out);
  }
  AddMatches(view, PostcodePattern(), PiiType::kPostcode, 0.7, out);
}

}  // namespace frontdesk::tools
