#include "text/language.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_map>

#include "text/normalise.h"
#include "text/segment.h"
#include "text/utf8.h"

namespace frontdesk::text {
namespace {

constexpr size_t kLanguages = 7;
constexpr std::array<std::string_view, kLanguages> kCodes = {"en", "de", "fr", "es",
                                                             "it", "nl", "pt"};
enum : uint8_t { kEn, kDe, kFr, kEs, kIt, kNl, kPt };
using Evidence = std::array<double, kLanguages>;

// Words a customer writes that are not function words.
constexpr std::string_view kCustomerWords[kLanguages] = {
    " account address arrive back bill broken bought cancel card change customer delivery email "
    "hello "
    "help hey hi invoice item late lost money need new number ok order package parcel password pay "
    "payment please refund reset return send shipping size sorry status still thank thanks ticket "
    "track want wrong yes delivered didn where's hasn't haven't won't i've ",
    " adresse angekommen ankommen bekommen bestellen bestellt bestellung brauche danke dank defekt "
    "erhalten erstattung falsch falsche gekauft geld geht gibt grüße guten hallo hilfe hilfst "
    "kaputt "
    "konto kunde kündigen lieferung möchte morgen nummer paket passwort rechnung rückgabe sendung "
    "stornieren tag tschüss umtauschen warte will zahlen zurück zurückgeben ändern größe wurde ",
    " abonnement acheté adresse aide annuler argent bonjour carte changer colis combien commande "
    "commandé compte facture livraison livré merci numéro paiement problème reçu remboursement "
    "rendre "
    "renvoyer retour salut suivi taille veux voudrais s'il plaît plait oui non merci au revoir "
    "peux pouvez quelle mot passe cassé jamais toujours ",
    " adiós ayuda buenas buenos cambiar cancelar comprado contraseña cuenta cuánto devolución "
    "devolver "
    "dinero dirección envío enviar factura gracias hola llegado mal necesito número paquete pagar "
    "pago "
    "pedido pedí problema quiero quisiera reembolso recibido roto seguimiento talla tarjeta "
    "todavía "
    "tarde aún gracias días ",
    " acquistato aiuto annullare arrivato buongiorno cambiare carta ciao consegna denaro fattura "
    "grazie "
    "indirizzo numero ordinato ordine pacco pagamento pagare problema reso restituire ricevuto "
    "rimborso "
    "rotto salve scontrino soldi spedito spedizione taglia vorrei voglio sbagliato ancora "
    "buonasera ",
    " adres annuleren bedankt bestellen besteld bestelling betalen betaling dag defect doen "
    "factuur "
    "gekregen geld goedemorgen graag hallo help hoi hulp kapot klant levering maat nummer "
    "ontvangen "
    "pakket pakketje rekening retour retourneren ruilen sturen terug terugbetaling terugsturen "
    "verkeerde "
    "wachtwoord wijzigen zending geleverd bezorgd wilde ",
    " ajuda atrasado bom boa cancelar cartão cliente comprei conta devolução devolver dinheiro "
    "encomenda endereço entrega enviar errado fatura obrigada obrigado olá pacote pagamento pagar "
    "pedido preciso problema quero queria rastrear recebi reembolso senha tamanho trocar chegou "
    "dia "
    "noite gostaria "};

struct Ending {
  std::string_view text;
  uint8_t language;
  double weight;
};
// Word endings (and the English apostrophe) that lean to a language; found at a word's end.
constexpr Ending kEndings[] = {
    {"ing", kEn, .5},    {"ed", kEn, .25},  {"tion", kEn, .2},  {"tion", kFr, .25},
    {"'s", kEn, .8},     {"n't", kEn, 1},   {"ly", kEn, .4},    {"ght", kEn, .5},
    {"th", kEn, .3},     {"ck", kEn, .3},   {"ung", kDe, .8},   {"lich", kDe, .8},
    {"keit", kDe, .9},   {"heit", kDe, .8}, {"isch", kDe, .7},  {"en", kDe, .15},
    {"en", kNl, .15},    {"cht", kDe, .3},  {"tz", kDe, .3},    {"sch", kDe, .4},
    {"ment", kFr, .4},   {"eux", kFr, .6},  {"aux", kFr, .5},   {"ez", kFr, .4},
    {"eau", kFr, .6},    {"ais", kFr, .4},  {"ait", kFr, .5},   {"ée", kFr, .7},
    {"é", kFr, .4},      {"ques", kFr, .5}, {"ción", kEs, 1.2}, {"dad", kEs, .6},
    {"ado", kEs, .3},    {"ido", kEs, .3},  {"ado", kPt, .25},  {"ido", kPt, .25},
    {"os", kEs, .15},    {"os", kPt, .15},  {"iento", kEs, .8}, {"illa", kEs, .4},
    {"zione", kIt, 1.2}, {"tà", kIt, .8},   {"mente", kIt, .2}, {"mente", kEs, .2},
    {"mente", kPt, .2},  {"ato", kIt, .4},  {"ito", kIt, .3},   {"etto", kIt, .5},
    {"are", kIt, .2},    {"ere", kIt, .2},  {"ione", kIt, .5},  {"gli", kIt, .5},
    {"cchi", kIt, .6},   {"ijk", kNl, .8},  {"ing", kNl, .2},   {"tje", kNl, .9},
    {"jes", kNl, .8},    {"heid", kNl, .9}, {"aat", kNl, .4},   {"oor", kNl, .4},
    {"eer", kNl, .3},    {"ção", kPt, 1.4}, {"ções", kPt, 1.4}, {"ão", kPt, 1},
    {"dade", kPt, .8},   {"nho", kPt, .7},  {"nha", kPt, .7},   {"agem", kPt, .6},
    {"eiro", kPt, .5}};

struct Letter {
  char32_t code_point;
  uint8_t language;
  double weight;
};
constexpr Letter kLetters[] = {
    {U'ß', kDe, 2},   {U'ä', kDe, .9}, {U'ö', kDe, .9},  {U'ü', kDe, .8},  {U'ñ', kEs, 2},
    {U'¿', kEs, 2.5}, {U'¡', kEs, 2},  {U'ã', kPt, 1.5}, {U'õ', kPt, 1.5}, {U'ç', kPt, .6},
    {U'ç', kFr, .7},  {U'œ', kFr, 2},  {U'ê', kFr, .6},  {U'ê', kPt, .4},  {U'è', kFr, .5},
    {U'è', kIt, .6},  {U'ù', kFr, .5}, {U'ù', kIt, .4},  {U'ò', kIt, .9},  {U'ì', kIt, .9},
    {U'í', kEs, .5},  {U'í', kPt, .3}, {U'ó', kEs, .5},  {U'ó', kPt, .2},  {U'á', kEs, .3},
    {U'á', kPt, .3},  {U'ú', kEs, .4}, {U'î', kFr, .8},  {U'û', kFr, .8},  {U'ë', kNl, .7}};

// The language a script stands for by itself, or "" (Latin and the undecided).
std::string_view LanguageOfScript(char32_t c) {
  if (c == U'і' || c == U'ї' || c == U'є' || c == U'ґ') return "uk";
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(static_cast<UChar32>(c), &error)) {
    case USCRIPT_CYRILLIC:
      return "ru";
    case USCRIPT_GREEK:
      return "el";
    case USCRIPT_HEBREW:
      return "he";
    case USCRIPT_ARABIC:
      return "ar";
    case USCRIPT_THAI:
      return "th";
    case USCRIPT_DEVANAGARI:
      return "hi";
    case USCRIPT_HANGUL:
      return "ko";
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return "ja";
    case USCRIPT_HAN:
      return "zh";
    default:
      return "";
  }
}

struct ScriptCount {
  size_t letters = 0;
  size_t latin = 0;
  std::array<std::pair<std::string_view, size_t>, 10> others = {{{"ja", 0},
                                                                 {"uk", 0},
                                                                 {"zh", 0},
                                                                 {"ko", 0},
                                                                 {"ru", 0},
                                                                 {"el", 0},
                                                                 {"he", 0},
                                                                 {"ar", 0},
                                                                 {"th", 0},
                                                                 {"hi", 0}}};
};

ScriptCount CountScripts(std::string_view text) {
  ScriptCount out;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    if (!u_isalpha(static_cast<UChar32>(c))) continue;
    ++out.letters;
    const std::string_view code = LanguageOfScript(c);
    if (code.empty()) ++out.latin;
    for (auto& [name, count] : out.others) count += name == code;
  }
  return out;
}

// The languages that have a word among their stop words or their customers' words: bit l for
// kCodes[l]. Every word of a message is looked up, so the lists are merged once.
uint32_t LanguagesWith(std::string_view word) {
  static const auto kLanguagesOf = [] {
    std::unordered_map<std::string_view, uint32_t> merged;
    for (size_t l = 0; l < kLanguages; ++l) {
      for (const std::string_view stop_word : StopWords(kCodes[l])) merged[stop_word] |= 1u << l;
      std::string_view words = kCustomerWords[l];
      while (!words.empty()) {
        const size_t end = std::min(words.find(' '), words.size());
        if (end > 0) merged[words.substr(0, end)] |= 1u << l;
        words.remove_prefix(std::min(end + 1, words.size()));
      }
    }
    return merged;
  }();
  const auto found = kLanguagesOf.find(word);
  return found == kLanguagesOf.end() ? 0 : found->second;
}

void AddWord(const std::string& word, Evidence* evidence) {
  const uint32_t languages = LanguagesWith(word);
  const int shared = std::popcount(languages);
  for (size_t l = 0; l < kLanguages; ++l) {
    if (languages >> l & 1) (*evidence)[l] += shared == 1 ? 2.0 : 1.2 / shared;
  }
  for (const Ending& ending : kEndings) {
    if (word.size() > ending.text.size() + 1 && word.ends_with(ending.text)) {
      (*evidence)[ending.language] += ending.weight;
    }
  }
}

}  // namespace

LanguageGuess IdentifyLanguage(std::string_view text) {
  constexpr size_t kEnough = 2000;
  std::string_view sample = text.substr(0, kEnough);
  while (sample.size() < text.size() && !sample.empty() &&
         (static_cast<unsigned char>(text[sample.size()]) & 0xC0) == 0x80) {
    sample.remove_suffix(1);
  }
  const ScriptCount scripts = CountScripts(sample);
  if (scripts.letters == 0) return {"und", 0.0};
  for (const auto& [code, count] : scripts.others) {
    // A quarter settles ja and uk, whose letters mix with zh and ru ones.
    const size_t need = code == "ja" || code == "uk" ? 4 : 2;
    if (count * need > scripts.letters) {
      return {std::string(code), static_cast<double>(scripts.letters - scripts.latin) /
                                     static_cast<double>(scripts.letters)};
    }
  }
  const std::string folded = FoldText(sample);
  Evidence evidence{};
  for (const Span& span : Words(folded, "en")) AddWord(std::string(Slice(folded, span)), &evidence);
  for (size_t at = 0; at < sample.size();) {
    if (static_cast<unsigned char>(sample[at]) < 0x80) {
      ++at;
      continue;
    }
    const char32_t c =
        static_cast<char32_t>(u_tolower(static_cast<UChar32>(NextCodePoint(sample, &at))));
    for (const Letter& letter : kLetters) {
      if (letter.code_point == c) evidence[letter.language] += letter.weight;
    }
  }
  evidence[kEn] += 0.3;  // names and codes alone lean to English
  const size_t best =
      static_cast<size_t>(std::max_element(evidence.begin(), evidence.end()) - evidence.begin());
  double total = 0;
  for (const double e : evidence) total += std::exp(1.5 * (e - evidence[best]));
  return {std::string(kCodes[best]), 1.0 / total};
}

}  // namespace frontdesk::text
