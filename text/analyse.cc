#include "text/analyse.h"

#include <algorithm>

#include "text/language.h"
#include "text/normalise.h"
#include "text/segment.h"
#include "text/stem.h"

namespace frontdesk::text {
namespace {

std::string TermOf(std::string_view folded, std::string_view language, bool stem) {
  std::string_view word = folded;
  if (stem) word = Stemmer::For(language).Stem(word);
  std::string term = StripAccents(word);
  if (term.size() > kLongestTerm) {
    size_t cut = kLongestTerm;
    while (cut > 0 && (static_cast<unsigned char>(term[cut]) & 0xC0) == 0x80) --cut;
    term.resize(cut);
  }
  return term;
}

}  // namespace

std::vector<Token> Analyse(std::string_view text, std::string_view language,
                           AnalyseOptions options) {
  std::vector<Token> out;
  const std::vector<Span> words = Words(text, language);
  out.reserve(words.size());
  for (const Span& span : words) {
    const std::string folded = FoldText(Slice(text, span));
    if (options.drop_stop_words && IsStopWord(folded, language)) continue;
    std::string term = TermOf(folded, language, options.stem);
    if (!term.empty()) out.push_back({std::move(term), span});
  }
  return out;
}

std::string AnalyseWord(std::string_view word, std::string_view language, bool stem) {
  return TermOf(FoldText(word), language, stem);
}

bool IsStopWord(std::string_view folded_word, std::string_view language) {
  const std::span<const std::string_view> words = StopWords(language);
  return std::binary_search(words.begin(), words.end(), folded_word);
}

}  // namespace frontdesk::text
