#include "dialog/answer/asked_value.h"

#include <array>
#include <memory>
#include <string>

#include "re2/re2.h"
#include "text/normalise.h"

namespace frontdesk::dialog {
namespace {

struct Cue {
  RE2 pattern;
  uint32_t kinds;

  Cue(const char* text, uint32_t kinds) : pattern(text), kinds(kinds) {}
};

// In order: the first cue of a question that fits decides, but permission adds itself.
const std::array<Cue, 14>& QuestionCues() {
  static const auto* const cues = new std::array<Cue, 14>{
      Cue("\\bhow (?:long|soon|quick(?:ly)?|fast)\\b|\\bhow many (?:minute|hour|day|week|month|year)s?\\b|"
          "\\b(?:time limit|deadline|minimum term|period)\\b|\\bwie (?:lange|schnell)\\b",
          kDuration | kDate | kClock),
      Cue("\\b(?:weigh|weighs|weight|heavy|tall|height|wide|width|large|volume|litres?|capacity|lumens|"
          "temperature|measurements?|dimensions|size|r value|schwer|gross|gewicht)\\b",
          kMeasure),
      Cue("\\b(?:what time|which hour|what hour|opening|office hours|open(?:s)? (?:on|at)|close(?:s)?|"
          "uhrzeit|geoffnet|offnungszeiten)\\b",
          kClock),
      Cue("\\bhow (?:many|often)\\b|\\bnumber of\\b|\\bmaximum\\b|\\bminimum\\b|\\bat least\\b|\\bat most\\b|"
          "\\bhow old\\b|\\bwie (?:viele|oft|alt)\\b",
          kCount),
      Cue("\\bdiscount\\b|\\bper ?cent\\b|\\brabatt\\b", kShare | kMoney),
      Cue("\\bhow much\\b|\\bprices?\\b|\\bcosts?\\b|\\bfees?\\b|\\bcharged?\\b|\\bsurcharge\\b|\\bworth\\b|"
          "\\bdeposit\\b|\\bpay for\\b|\\bpostage\\b|\\bvalue\\b|\\bamount\\b|\\bwie ?viel\\b|\\bkoste[tn]?\\b|"
          "\\bpreis\\b",
          kMoney | kShare),
      Cue("\\b(?:until|by|since|from) (?:when|what|which)\\b|\\bwhen\\b|\\bwhat day\\b|\\bwhich day\\b|"
          "\\blast day\\b|\\bwann\\b|\\bbis wann\\b",
          kDuration | kDate | kClock),
      Cue("\\b(?:e-?mail|phone|telephone|call you|(?:do|can|should) i call|which number|reach you|contact|telefon\\w*)\\b", kContact),
      Cue("\\b(?:where|address|which stores?|location|wo|adresse)\\b", kPlace),
      Cue("\\bhow (?:do|can|could|should|may) (?:i|we|you)\\b|\\bhow to\\b|\\bwhat (?:do|should|can) i do\\b|"
          "\\bwie (?:kann|mache|bekomme)\\b",
          kManner),
      Cue("\\bwhat happens\\b|\\bnow what\\b", kManner | kPermission),
      Cue("\\bwho\\b|\\bwer\\b", kNoValue),
      Cue("\\bwhy\\b|\\bwarum\\b", kNoValue),
      Cue("\\bwhat\\b|\\bwhich\\b|\\bwas\\b", kNoValue)};
  return *cues;
}

const std::array<Cue, 11>& SentenceCues() {
  static const auto* const cues = new std::array<Cue, 11>{
      Cue("(?:\\d|\\b(?:one|two|three|four|five|six|seven|eight|ten|twelve|half an?)\\b)[ a-z–-]{0,14}\\b"
          "(?:minute|hour|day|week|month|year)s?\\b|\\bat once\\b|\\bimmediately\\b|\\bnext (?:working )?day\\b|"
          "\\bsame (?:working )?day\\b|\\d+ ?(?:minuten|stunden|tage|tagen|wochen|monate|jahre)\\b|"
          "\\bno minimum term\\b|\\bexpire",
          kDuration),
      Cue("[€$£] ?\\d|\\d ?(?:€|eur\\b|euros?\\b)|\\bfree\\b|\\bno (?:extra )?(?:fee|charge|cost)|\\bkostenlos\\b",
          kMoney),
      Cue("\\d{1,2}:\\d{2}|\\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\\b|\\bmidnight\\b|\\bnoon\\b", kClock),
      Cue("\\b(?:january|february|march|april|june|july|august|september|october|november|december|christmas|"
          "19\\d\\d|20\\d\\d)\\b|\\bin may\\b",
          kDate),
      Cue("\\d ?(?:kg|g|cm|mm|m|km|l|ml|mah|wh|w|kw|lm|atm|°|%|micron|litres?|lumens|grams?|metres?|kilo\\w*|"
          "square|degrees)(?:\\b|$| )|\\bsize\\b",
          kMeasure),
      Cue("\\d|\\b(?:once|twice|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\\b", kCount),
      Cue("\\b(?:street|lane|quay|road|square|stores? in|at the|behind|under \"|in (?:the|our|your) "
          "(?:store|stores|shop|account|chat))\\b|\\b(?:dublin|hamburg|galway|cork)\\b|\\bin [a-z]+ and\\b",
          kPlace),
      Cue("[^ ]@[^ ]|\\+\\d[\\d ]{6,}", kContact),
      Cue("\\b(?:yes|no|not|cannot|can|may|must|never|only|possible|allowed|accepted?|possible|always|available|"
          "included|covered|nicht|kann|moglich)\\b",
          kPermission),
      Cue("\\b(?:open|press|choose|enter|click|sign in|write to|ask|send|bring|tell|use|look|go to|start|call|"
          "put|hold|check|show|give|keep|wait|you can)\\b",
          kManner),
      Cue("\\d ?%|\\bhalf price\\b", kShare)};
  return *cues;
}

std::string Plain(std::string_view text) { return text::StripAccents(text::FoldText(text)); }

}  // namespace

uint32_t AskedValues(std::string_view question) {
  static const RE2 kYesNo(
      "^(?:so |and |but |hi,? |hello,? |please,? )?(?:can|may|could|do|does|did|is|are|was|will|would|has|have|"
      "must|should|am|kann|darf|ist|sind|gibt|haben|muss)\\b|"
      "\\b(?:right|correct|yes|no|isn't it|can't i|don't you|oder)\\?*$");
  const std::string plain = Plain(question);
  uint32_t asked = RE2::PartialMatch(plain, kYesNo) ? kPermission : kNoValue;
  for (const Cue& cue : QuestionCues()) {
    if (!RE2::PartialMatch(plain, cue.pattern)) continue;
    return asked | cue.kinds;
  }
  return asked;
}

uint32_t ValuesIn(std::string_view sentence) {
  const std::string plain = Plain(sentence);
  uint32_t held = kNoValue;
  for (const Cue& cue : SentenceCues()) {
    if (RE2::PartialMatch(plain, cue.pattern)) held |= cue.kinds;
  }
  return held;
}

bool TakesForGranted(std::string_view question) {
  static const RE2 kPremise(
      "^(?:since|as|because|so)\\b|\\b(?:right|correct|yes|isn't it|can't i|don't you|don't i|i heard)\\?*$");
  return RE2::PartialMatch(Plain(question), kPremise);
}

}  // namespace frontdesk::dialog
