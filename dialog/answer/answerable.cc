#include "dialog/answer/answerable.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialog/answer/support.h"
#include "dialog/screen/logistic.h"

namespace frontdesk::dialog {
namespace {

// Weights of a logistic regression over the signals, with and without cosines; set by hand.
constexpr std::array<double, kAnswerSignals> kWithCosines = {3.0, 6.0, 2.0, 1.5, 1.5, -2.0, 0.0, 0.0};
constexpr double kBiasWithCosines = -6.0;
constexpr std::array<double, kAnswerSignals> kWordsOnly = {0.0, 0.0, 3.5, 2.5, 2.5, -2.5, 0.0, 0.0};
constexpr double kBiasWordsOnly = -4.5;

int64_t PartOf(int64_t part, int64_t whole) { return whole == 0 ? 0 : part * 1'000'000 / whole; }

// What the question is about: without the words that only ask.
std::set<std::string> AskedTerms(std::string_view question, const std::string& language) {
  static const std::set<std::string> kAsking = ContentTerms(
      "much many long often soon far big little possible please thanks hello tell know want need like get give "
      "take make let thing something anything exactly actually maybe sure okay right yes correct hear heard "
      "question wonder wondering",
      "en");
  std::set<std::string> terms = ContentTerms(question, language), about;
  for (const std::string& term : terms)
    if (!kAsking.contains(term)) about.insert(term);
  return about.empty() ? terms : about;
}

int64_t HeldBy(const std::set<std::string>& terms, const std::set<std::string>& there) {
  int64_t found = 0;
  for (const std::string& term : terms) found += there.contains(term) ? 1 : 0;
  return PartOf(found, static_cast<int64_t>(terms.size()));
}

}  // namespace

Answerable JudgeAnswerable(std::string_view question, const std::vector<FoundPassage>& passages,
                           size_t passage, std::string_view sentence, int64_t sentence_near) {
  const std::string language =
      passages[passage].language.empty() ? "en" : passages[passage].language;
  const std::set<std::string> terms = AskedTerms(question, language);
  std::set<std::string> everywhere, here;
  int64_t nearest = 0, second = 0;
  for (size_t i = 0; i < passages.size(); ++i) {
    const FoundPassage& p = passages[i];
    const std::set<std::string> words =
        ContentTerms(absl::StrCat(p.title, " ", absl::StrJoin(p.headings, " "), " ", p.text), language);
    everywhere.insert(words.begin(), words.end());
    if (i == passage) here = words;
    if (p.cosine_q > nearest) {
      second = nearest;
      nearest = p.cosine_q;
    } else {
      second = std::max(second, p.cosine_q);
    }
  }
  int64_t missing = 0, letters = 0;
  for (const std::string& term : terms) {
    letters += static_cast<int64_t>(term.size());
    missing += everywhere.contains(term) ? 0 : static_cast<int64_t>(term.size());
  }
  Answerable judged;
  judged.signals = {nearest,
                    sentence_near,
                    HeldBy(terms, ContentTerms(sentence, language)),
                    HeldBy(terms, here),
                    HeldBy(terms, everywhere),
                    PartOf(missing, letters),
                    std::min<int64_t>(static_cast<int64_t>(terms.size()), 10) * 100'000,
                    nearest - second};
  const bool cosines = sentence_near != 0;
  double score = cosines ? kBiasWithCosines : kBiasWordsOnly;
  for (size_t i = 0; i < kAnswerSignals; ++i) {
    score += (cosines ? kWithCosines : kWordsOnly)[i] * static_cast<double>(judged.signals[i]) / 1e6;
  }
  judged.probability = static_cast<int64_t>(screen::Sigmoid(score) * 1e6 + 0.5);
  return judged;
}

}  // namespace frontdesk::dialog
