#include "dialog/answer/extract.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialog/answer/support.h"
#include "text/segment.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kPassagesRead = 5;
constexpr size_t kSentencesEmbedded = 48;
constexpr int64_t kLaterPassage = 25'000;  // retrieval's order counts this much

struct Candidate {
  size_t passage = 0;
  size_t order = 0;  // of the sentence in its passage
  text::Span span;
  std::set<std::string> terms;
  int64_t score = 0;
  int64_t near = 0;
};

std::vector<Candidate> SentencesOf(const std::vector<FoundPassage>& passages) {
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < std::min(passages.size(), kPassagesRead); ++i) {
    const std::string language = passages[i].language.empty() ? "en" : passages[i].language;
    size_t order = 0;
    for (const text::Span& span : text::Sentences(passages[i].text, language)) {
      candidates.push_back(
          {i, order++, span, ContentTerms(text::Slice(passages[i].text, span), language), 0, 0});
    }
  }
  return candidates;
}

// Rare words weigh more: a word in every sentence says little about any.
std::map<std::string, int64_t> WeightsOf(const std::set<std::string>& question,
                                         const std::vector<Candidate>& candidates) {
  std::map<std::string, int64_t> weights;
  for (const std::string& term : question) {
    int64_t holders = 0;
    for (const Candidate& candidate : candidates) holders += candidate.terms.contains(term) ? 1 : 0;
    weights[term] = holders == 0 ? 0 : 1'000'000 / (1 + holders);
  }
  return weights;
}

void ScoreByWords(std::string_view question, const std::vector<FoundPassage>& passages,
                  std::vector<Candidate>& candidates) {
  const std::string language = passages[0].language.empty() ? "en" : passages[0].language;
  const std::set<std::string> terms = ContentTerms(question, language);
  const std::map<std::string, int64_t> weights = WeightsOf(terms, candidates);
  int64_t total = 0;
  for (const auto& [term, weight] : weights) total += weight;
  for (Candidate& candidate : candidates) {
    const FoundPassage& passage = passages[candidate.passage];
    std::set<std::string> above =
        ContentTerms(absl::StrCat(passage.title, " ", absl::StrJoin(passage.headings, " ")), language);
    int64_t found = 0;
    for (const auto& [term, weight] : weights) {
      if (candidate.terms.contains(term))
        found += weight;
      else if (above.contains(term))
        found += weight / 3;
    }
    candidate.score = total == 0 ? 0 : found * 1'000'000 / total;
    if (candidate.terms.size() < 2) candidate.score /= 4;  // a heading or a list mark
    candidate.score -= static_cast<int64_t>(candidate.passage) * kLaterPassage;
  }
}

void ScoreByMeaning(std::string_view question, const std::vector<FoundPassage>& passages,
                    std::vector<Candidate>& candidates, Effects& effects) {
  std::vector<std::string> texts{std::string(question)};
  const size_t count = std::min(candidates.size(), kSentencesEmbedded);
  for (size_t i = 0; i < count; ++i) {
    texts.emplace_back(text::Slice(passages[candidates[i].passage].text, candidates[i].span));
  }
  absl::StatusOr<std::vector<std::vector<float>>> vectors = effects.Embed(texts);
  if (!vectors.ok() || vectors->size() != texts.size()) return;
  for (size_t i = 0; i < count; ++i) {
    double cosine = 0;
    for (size_t d = 0; d < (*vectors)[0].size(); ++d) {
      cosine += static_cast<double>((*vectors)[0][d]) * static_cast<double>((*vectors)[i + 1][d]);
    }
    candidates[i].near = static_cast<int64_t>(cosine * 1'000'000);
    candidates[i].score = (candidates[i].score * 4 + candidates[i].near * 6) / 10;
  }
}

}  // namespace

std::vector<Extract> ExtractAnswer(std::string_view question,
                                   const std::vector<FoundPassage>& passages, int64_t most,
                                   Effects& effects) {
  std::vector<Extract> extracts;
  if (passages.empty()) return extracts;
  std::vector<Candidate> candidates = SentencesOf(passages);
  if (candidates.empty()) return extracts;
  ScoreByWords(question, passages, candidates);
  ScoreByMeaning(question, passages, candidates, effects);
  const Candidate best =
      *std::max_element(candidates.begin(), candidates.end(),
                        [](const Candidate& a, const Candidate& b) { return a.score < b.score; });
  if (best.score <= 0) return extracts;
  // Neighbours of the best that are nearly as good, on both sides.
  for (const Candidate& candidate : candidates) {
    const int64_t distance =
        static_cast<int64_t>(candidate.order) - static_cast<int64_t>(best.order);
    if (candidate.passage != best.passage || distance < -1 || distance >= most) continue;
    if (candidate.order != best.order && candidate.score * 100 < best.score * 55) continue;
    extracts.push_back({candidate.passage, candidate.span, candidate.score, candidate.near});
  }
  if (static_cast<int64_t>(extracts.size()) > most) extracts.resize(static_cast<size_t>(most));
  return extracts;
}

int64_t SourceOf(const FoundPassage& passage, int64_t at) {
  int64_t source = passage.begin + at;
  for (const auto& [text, document] : passage.runs) {
    if (text <= at) source = document + (at - text);
  }
  return source;
}

}  // namespace frontdesk::dialog
