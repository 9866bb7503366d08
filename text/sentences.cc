#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <string>

#include "text/normalise.h"
#include "text/segment.h"
#include "text/utf8.h"

namespace frontdesk::text {
namespace {

// Words before a full stop that does not end a sentence, lower case, sorted per use.
constexpr std::string_view kEnglish[] = {
    "approx", "apt",  "assn",   "aug",  "ave", "bldg", "blvd", "capt", "cf",  "co",  "corp",
    "dec",    "dept", "dr",     "e.g",  "eg",  "esp",  "est",  "etc",  "ext", "feb", "fig",
    "figs",   "gen",  "gov",    "hon",  "i.e", "ie",   "inc",  "incl", "jan", "jr",  "lt",
    "ltd",    "max",  "messrs", "min",  "mr",  "mrs",  "ms",   "mt",   "nos", "nov", "oct",
    "p.m",    "a.m",  "pp",     "prof", "rd",  "ref",  "rep",  "rev",  "sen", "sep", "sept",
    "sgt",    "sr",   "st",     "tel",  "u.k", "u.s",  "viz",  "vol",  "vs"};
constexpr std::string_view kGerman[] = {
    "abb",  "abs", "art", "bspw", "bzgl", "bzw",  "ca",  "d.h", "dipl", "dr",   "etc",
    "evtl", "fr",  "geb", "ggf",  "hr",   "inkl", "jan", "feb", "apr",  "aug",  "sept",
    "okt",  "nov", "dez", "max",  "min",  "mio",  "mrd", "nr",  "o.ä",  "prof", "s.o",
    "sog",  "st",  "std", "str",  "tel",  "u.a",  "usw", "vgl", "z.b",  "z.t",  "zzgl"};
constexpr std::string_view kFrench[] = {"art",  "av",  "bd",   "c.-à-d", "cf",   "dr",   "env",
                                        "etc",  "ex",  "janv", "févr",   "juil", "sept", "oct",
                                        "nov",  "déc", "m",    "max",    "min",  "mm",   "mme",
                                        "mlle", "no",  "p.ex", "réf",    "st",   "ste",  "tél"};
constexpr std::string_view kSpanish[] = {"aprox", "art",  "av",  "avda", "cía", "dr",   "dra",
                                         "ej",    "etc",  "fig", "núm",  "pág", "p.ej", "sr",
                                         "sra",   "srta", "tel", "ud",   "uds", "vd",   "ee.uu"};
constexpr std::string_view kItalian[] = {"art",  "avv", "ca",   "dott",   "dr",   "ecc",
                                         "es",   "fig", "ing",  "n",      "p.es", "pag",
                                         "prof", "sig", "sigg", "sig.ra", "tel",  "v"};
constexpr std::string_view kDutch[] = {"a.u.b", "afb",   "art", "bijv", "blz",  "ca",  "d.w.z",
                                       "dhr",   "dr",    "drs", "e.d",  "enz",  "etc", "evt",
                                       "incl",  "m.b.t", "max", "min",  "mevr", "mw",  "nr",
                                       "o.a",   "pag",   "t/m", "tel",  "v.a"};
constexpr std::string_view kPortuguese[] = {"art", "av",  "dr",   "dra",  "etc", "ex",  "exmo",
                                            "núm", "pág", "p.ex", "prof", "sr",  "sra", "tel"};

template <size_t N>
bool Contains(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool IsAbbreviation(std::string_view word, std::string_view language) {
  const std::string_view code = language.substr(0, 2);
  if (code == "de") return Contains(kGerman, word);
  if (code == "fr") return Contains(kFrench, word);
  if (code == "es") return Contains(kSpanish, word);
  if (code == "it") return Contains(kItalian, word);
  if (code == "nl") return Contains(kDutch, word);
  if (code == "pt") return Contains(kPortuguese, word);
  return Contains(kEnglish, word);
}

bool IsBlank(char32_t c) { return c == ' ' || c == '\t' || c == 0xA0 || c == '\r'; }
bool IsSpaceOrBreak(char32_t c) {
  return c == '\n' || IsBlank(c) || u_isUWhiteSpace(static_cast<UChar32>(c));
}
bool IsWideTerminator(char32_t c) {
  return c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0xFF61;
}
bool IsTerminator(char32_t c) {
  return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x061F || c == 0x06D4 ||
         c == 0x0964 || c == 0x203C || c == 0x2047 || IsWideTerminator(c);
}
bool IsCloser(char32_t c) {
  switch (c) {
    case ')':
    case ']':
    case '}':
    case '"':
    case '\'':
    case 0x2019:
    case 0x201D:
    case 0x00BB:
    case 0x203A:
    case 0x300D:
    case 0x300F:
    case 0xFF09:
    case '*':
    case '_':
      return true;
    default:
      return false;
  }
}

// Reads code points around an offset.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  // The code point at `at` (0 at the end) and where it ends.
  char32_t Read(size_t at, size_t* end) const {
    if (at >= text_.size()) {
      *end = text_.size();
      return 0;
    }
    *end = at;
    return NextCodePoint(text_, end);
  }
  size_t SkipBlanks(size_t at) const {
    for (size_t end = at; at < text_.size() && IsBlank(Read(at, &end)); at = end) continue;
    return at;
  }

 private:
  std::string_view text_;
};

// A line that begins with a bullet, number, heading, table or quote mark starts anew.
bool StartsItem(std::string_view text, size_t at) {
  if (at >= text.size()) return true;
  const char c = text[at];
  const bool space_after = at + 1 < text.size() && (text[at + 1] == ' ' || text[at + 1] == '\t');
  if (c == '#' || c == '|' || c == '>') return true;
  if ((c == '-' || c == '*' || c == '+') && space_after) return true;
  if (text.substr(at).starts_with("\u2022")) return true;
  size_t digits = at;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  return digits > at && digits - at <= 3 && digits + 1 < text.size() &&
         (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ';
}

// Whether the line break at `at` ends a sentence: a blank line, an item, or a line too
// short to have been wrapped, unless the next line goes on in lower case.
bool LineBreakEnds(std::string_view text, size_t line_begin, size_t at) {
  constexpr size_t kWrappedLine = 48;
  const Cursor cursor(text);
  const size_t next = cursor.SkipBlanks(at + 1);
  if (next >= text.size() || text[next] == '\n' || StartsItem(text, next)) return true;
  size_t end = 0;
  if (u_islower(static_cast<UChar32>(cursor.Read(next, &end)))) return false;
  return at - line_begin < kWrappedLine;
}

// Whether the full stop at `dot` belongs to an abbreviation or an initial.
bool StopBelongsToWord(std::string_view text, size_t sentence_begin, size_t dot,
                       std::string_view language, char32_t following) {
  size_t begin = dot;
  while (begin > sentence_begin) {
    const char c = text[begin - 1];
    if (static_cast<unsigned char>(c) <= ' ' || c == '(' || c == '"' || c == '[') break;
    --begin;
  }
  const std::string word = CaseFold(text.substr(begin, dot - begin));
  if (word.empty()) return false;
  if (word == "no" || word == "nr") return u_isdigit(static_cast<UChar32>(following));
  // "J. Smith": one upper-case letter; "I." ends sentences, as in "so do I."
  if (dot - begin == 1 && text[begin] >= 'A' && text[begin] <= 'Z' && text[begin] != 'I')
    return true;
  // German ordinals: "am 3. Mai".
  if (language.starts_with("de") && word.size() <= 2 &&
      std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return true;
  }
  if (word == "etc" || word == "usw" || word == "ecc" || word == "enz" || word == "a.m" ||
      word == "p.m" || word == "inc" || word == "ltd" || word == "co") {
    return false;  // these also end sentences; a lower-case follower was settled before
  }
  return IsAbbreviation(word, language);
}

// Where the sentence that starts at `begin` ends (before trimming).
size_t SentenceEnd(std::string_view text, size_t begin, std::string_view language) {
  const Cursor cursor(text);
  size_t line_begin = begin;
  for (size_t at = begin; at < text.size();) {
    size_t end = 0;
    const char32_t c = cursor.Read(at, &end);
    if (c == '\n' || c == 0x2028 || c == 0x2029) {
      if (LineBreakEnds(text, line_begin, at)) return end;
      line_begin = end;
    }
    if (!IsTerminator(c)) {
      at = end;
      continue;
    }
    // The whole run of terminators and closing marks: ?!", …)
    size_t run = end;
    for (size_t next = 0; run < text.size(); run = next) {
      const char32_t r = cursor.Read(run, &next);
      if (!IsTerminator(r) && !IsCloser(r)) break;
    }
    size_t next = 0;
    const char32_t behind = cursor.Read(run, &next);
    if (run < text.size() && !IsSpaceOrBreak(behind) && !IsWideTerminator(c)) {
      at = run;  // "3.50", "example.com", "?order=1"
      continue;
    }
    size_t ahead = run;
    while (ahead < text.size() && IsSpaceOrBreak(cursor.Read(ahead, &next))) ahead = next;
    const char32_t following = cursor.Read(ahead, &next);
    const bool soft = c == '.' || c == 0x2026;
    if (soft && ahead < text.size() && u_islower(static_cast<UChar32>(following)) &&
        text.substr(run, ahead - run).find("\n\n") == std::string_view::npos) {
      at = run;
      continue;
    }
    if (c == '.' && run == end && ahead < text.size() &&
        StopBelongsToWord(text, begin, at, language, following)) {
      at = run;
      continue;
    }
    // "3. Open the lid": the number of a list item stays with its text.
    if (c == '.' && at > begin && at - begin <= 3 &&
        std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin),
                    text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char d) { return d >= '0' && d <= '9'; })) {
      at = run;
      continue;
    }
    return run;
  }
  return text.size();
}

}  // namespace

std::vector<Span> Sentences(std::string_view text, std::string_view language) {
  std::vector<Span> out;
  const Cursor cursor(text);
  size_t at = 0;
  while (at < text.size()) {
    size_t next = 0;
    if (IsSpaceOrBreak(cursor.Read(at, &next))) {
      at = next;
      continue;
    }
    const size_t stop = SentenceEnd(text, at, language);
    size_t end = at;  // last byte that is not white space
    for (size_t i = at; i < stop;) {
      const char32_t c = cursor.Read(i, &next);
      if (!IsSpaceOrBreak(c)) end = next;
      i = next;
    }
    out.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(end)});
    at = stop;
  }
  return out;
}

}  // namespace frontdesk::text
