#include "dialog/answer/says_as_much.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "dialog/answer/alike_words.h"
#include "dialog/answer/asked_value.h"
#include "text/analyse.h"

namespace frontdesk::dialog {
namespace {

std::set<std::string> ContentWords(std::string_view text, std::string_view language) {
  std::set<std::string> words;
  for (text::Token& token : text::Analyse(text, language, {.drop_stop_words = true}))
    words.insert(std::move(token.term));
  return words;
}

size_t HowManyTakenUp(const std::set<std::string>& question, const std::set<std::string>& words) {
  return static_cast<size_t>(
      std::count_if(question.begin(), question.end(), [&](const std::string& asked) {
        return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
          return word == asked || MeanAlike(asked, word);
        });
      }));
}

bool Overlap(text::Span a, text::Span b) { return a.begin < b.end && b.begin < a.end; }

}  // namespace

bool SaysAsMuch(std::string_view question, const std::vector<Composed>& composed,
                const std::vector<Extract>& extracts, const std::vector<FoundPassage>& passages) {
  const auto best = std::max_element(
      extracts.begin(), extracts.end(),
      [](const Extract& a, const Extract& b) { return a.score < b.score; });
  const bool rests_on_best =
      std::any_of(composed.begin(), composed.end(), [&](const Composed& sentence) {
        return sentence.passage == best->passage && Overlap(sentence.source, best->span);
      });
  if (!rests_on_best) return false;

  std::string said, quoted;
  for (const Composed& sentence : composed) absl::StrAppend(&said, sentence.text, " ");
  for (const Extract& extract : extracts) {
    absl::StrAppend(&quoted, std::string(text::Slice(passages[extract.passage].text, extract.span)), " ");
  }
  const uint32_t asked = AskedValues(question) & ~uint32_t{kPermission};
  if ((ValuesIn(quoted) & asked & ~ValuesIn(said)) != 0) return false;
  const std::string& known = passages[best->passage].language;
  const std::string language = known.empty() ? "en" : known;
  const std::set<std::string> words = ContentWords(question, language);
  return HowManyTakenUp(words, ContentWords(said, language)) >=
         HowManyTakenUp(words, ContentWords(quoted, language));
}

}  // namespace frontdesk::dialog
