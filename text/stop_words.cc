#include <algorithm>
#include <array>

#include "text/language.h"

namespace frontdesk::text {
namespace {

template <size_t N>
consteval std::array<std::string_view, N> Sorted(const std::string_view (&words)[N]) {
  std::array<std::string_view, N> out{};
  std::copy(std::begin(words), std::end(words), out.begin());
  std::sort(out.begin(), out.end());
  return out;
}

constexpr auto kEnglish = Sorted(
    {"a",     "about",  "after", "all",    "also",    "am",    "an",    "and",    "any",   "are",
     "as",    "at",     "be",    "been",   "being",   "but",   "by",    "can",    "can't", "could",
     "did",   "didn't", "do",    "does",   "doesn't", "doing", "don't", "for",    "from",  "get",
     "had",   "has",    "have",  "having", "he",      "her",   "here",  "him",    "his",   "how",
     "i",     "i'd",    "i'll",  "i'm",    "i've",    "if",    "in",    "into",   "is",    "isn't",
     "it",    "it's",   "its",   "just",   "me",      "my",    "no",    "not",    "of",    "on",
     "or",    "our",    "out",   "she",    "should",  "so",    "some",  "than",   "that",  "that's",
     "the",   "their",  "them",  "then",   "there",   "these", "they",  "this",   "those", "to",
     "too",   "up",     "us",    "was",    "we",      "were",  "what",  "what's", "when",  "where",
     "which", "who",    "why",   "will",   "with",    "would", "you",   "you're", "your"});
constexpr auto kGerman = Sorted(
    {"aber",  "alle",  "als",   "also",   "am",     "an",     "auch",  "auf",    "aus",    "bei",
     "beim",  "bin",   "bis",   "bitte",  "da",     "dann",   "das",   "dass",   "dein",   "dem",
     "den",   "denn",  "der",   "des",    "die",    "dies",   "diese", "diesen", "dieser", "dieses",
     "doch",  "du",    "durch", "ein",    "eine",   "einem",  "einen", "einer",  "eines",  "er",
     "es",    "euch",  "für",   "habe",   "haben",  "hat",    "hatte", "ich",    "ihr",    "ihre",
     "ihren", "im",    "in",    "ins",    "ist",    "ja",     "kann",  "kein",   "keine",  "können",
     "man",   "mein",  "meine", "meinem", "meinen", "meiner", "mich",  "mir",    "mit",    "nach",
     "nein",  "nicht", "noch",  "nur",    "ob",     "oder",   "schon", "sehr",   "sein",   "seine",
     "sich",  "sie",   "sind",  "so",     "und",    "uns",    "unser", "vom",    "von",    "vor",
     "wann",  "warum", "was",   "wenn",   "wer",    "werden", "wie",   "wieder", "wir",    "wird",
     "wo",    "wurde", "zu",    "zum",    "zur",    "über"});
constexpr auto kFrench = Sorted(
    {"ai",   "as",    "au",      "aux",  "avec",   "avez", "avons", "c'est",    "ce",     "ces",
     "cet",  "cette", "comment", "d'un", "d'une",  "dans", "de",    "des",      "donc",   "du",
     "elle", "en",    "es",      "est",  "est-ce", "et",   "eu",    "il",       "ils",    "j'ai",
     "je",   "l'ai",  "la",      "le",   "les",    "leur", "lui",   "ma",       "mais",   "me",
     "mes",  "moi",   "mon",     "n'ai", "n'est",  "ne",   "nos",   "notre",    "nous",   "on",
     "ont",  "ou",    "où",      "par",  "pas",    "plus", "pour",  "pourquoi", "qu'est", "quand",
     "que",  "quel",  "quelle",  "qui",  "sa",     "sans", "se",    "ses",      "si",     "son",
     "sont", "suis",  "sur",     "ta",   "te",     "tes",  "toi",   "ton",      "tu",     "un",
     "une",  "vos",   "votre",   "vous", "y",      "à",    "été",   "être"});
constexpr auto kSpanish = Sorted(
    {"a",     "al",    "algo",  "como",    "con",   "cual",  "cuando", "cuándo", "cuál",   "cómo",
     "de",    "del",   "desde", "donde",   "dónde", "el",    "ella",   "ellos",  "en",     "entre",
     "era",   "es",    "esa",   "ese",     "eso",   "esta",  "estar",  "este",   "esto",   "estoy",
     "está",  "están", "fue",   "ha",      "han",   "hasta", "hay",    "he",     "la",     "las",
     "le",    "les",   "lo",    "los",     "me",    "mi",    "mis",    "muy",    "más",    "mí",
     "nada",  "ni",    "no",    "nos",     "o",     "para",  "pero",   "por",    "porque", "puede",
     "puedo", "que",   "qué",   "quién",   "se",    "ser",   "si",     "sin",    "sobre",  "son",
     "su",    "sus",   "sí",    "también", "te",    "tengo", "tiene",  "tu",     "tú",     "un",
     "una",   "uno",   "unos",  "usted",   "y",     "ya",    "yo"});
constexpr auto kItalian = Sorted(
    {"a",      "ad",     "ai",     "al",    "alla",  "alle", "allo",  "anche",  "che",    "chi",
     "ci",     "come",   "con",    "cosa",  "così",  "cui",  "da",    "dal",    "dalla",  "degli",
     "dei",    "del",    "della",  "delle", "dello", "di",   "dove",  "dov'è",  "e",      "ed",
     "era",    "gli",    "ha",     "hanno", "ho",    "i",    "il",    "in",     "io",     "l'ho",
     "la",     "le",     "lei",    "li",    "lo",    "loro", "lui",   "ma",     "mi",     "mia",
     "mie",    "miei",   "mio",    "ne",    "nei",   "nel",  "nella", "noi",    "non",    "nostro",
     "o",      "per",    "perché", "più",   "posso", "qual", "quale", "quando", "quanto", "quella",
     "quello", "questa", "questo", "se",    "sei",   "si",   "sono",  "su",     "sua",    "sul",
     "sulla",  "suo",    "ti",     "tra",   "tu",    "tuo",  "un",    "una",    "uno",    "vi",
     "voi",    "è"});
constexpr auto kDutch =
    Sorted({"aan",    "al",   "als",    "alsjeblieft", "ben",  "bij",    "dan",   "dat",    "de",
            "deze",   "die",  "dit",    "door",        "een",  "en",     "er",    "ga",     "geen",
            "had",    "heb",  "hebben", "heeft",       "hem",  "het",    "hij",   "hoe",    "hun",
            "ik",     "in",   "is",     "ja",          "je",   "jij",    "jouw",  "jullie", "kan",
            "kunnen", "maar", "me",     "met",         "mij",  "mijn",   "moet",  "na",     "naar",
            "nee",    "niet", "nog",    "nu",          "of",   "om",     "ons",   "onze",   "ook",
            "op",     "over", "te",     "tot",         "u",    "uit",    "uw",    "van",    "veel",
            "voor",   "waar", "waarom", "wanneer",     "want", "waren",  "was",   "wat",    "we",
            "wel",    "werd", "wie",    "wij",         "wil",  "worden", "wordt", "ze",     "zij",
            "zijn",   "zo",   "zou"});
constexpr auto kPortuguese = Sorted(
    {"a",     "ainda", "ao",     "aos",    "as",    "até",   "com",    "como",  "da",   "das",
     "de",    "dela",  "dele",   "do",     "dos",   "e",     "ela",    "ele",   "eles", "em",
     "entre", "era",   "essa",   "esse",   "esta",  "estar", "este",   "estou", "está", "eu",
     "foi",   "fui",   "há",     "isso",   "isto",  "já",    "lhe",    "mais",  "mas",  "me",
     "meu",   "meus",  "minha",  "minhas", "muito", "na",    "nas",    "no",    "nos",  "nossa",
     "nosso", "num",   "não",    "nós",    "o",     "onde",  "os",     "ou",    "para", "pela",
     "pelo",  "por",   "porque", "posso",  "pra",   "qual",  "quando", "que",   "quem", "se",
     "sem",   "ser",   "seu",    "sua",    "são",   "só",    "também", "te",    "tem",  "tenho",
     "tu",    "um",    "uma",    "você",   "vocês", "à",     "é"});

}  // namespace

std::span<const std::string_view> StopWords(std::string_view language) {
  const std::string_view code = language.substr(0, 2);
  if (code == "en") return kEnglish;
  if (code == "de") return kGerman;
  if (code == "fr") return kFrench;
  if (code == "es") return kSpanish;
  if (code == "it") return kItalian;
  if (code == "nl") return kDutch;
  if (code == "pt") return kPortuguese;
  return {};
}

}  // namespace frontdesk::text
