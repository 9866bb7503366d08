#include "dialog/answer/extract.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "text/analyse.h"
#include "text/segment.h"

namespace frontdesk::dialog {
namespace {

constexpr int64_t kMillion = 1'000'000;
constexpr size_t kEmbedded = 8;     // candidates that are held against the question's embedding
constexpr size_t kFewestWords = 4;  // less is a heading or a table's cell
constexpr int64_t kKeepShare =
    620'000;  // a further sentence scores at least this share of the best

struct Candidate {
  int passage = 0;
  size_t sentence = 0;  // index within its passage
  text::Span span{};
  int64_t coverage = 0;    // of the question's words, millionths
  int64_t similarity = 0;  // with the question, millionths
  int64_t score = 0;
};

using Terms = std::set<std::string>;

Terms TermsOf(std::string_view text, std::string_view language) {
  Terms terms;
  for (text::Token& token : text::Analyse(text, language, {.drop_stop_words = true}))
    terms.insert(std::move(token.term));
  return terms;
}

// How much a question's word tells: words that fewer of the passages hold weigh more.
std::vector<std::pair<std::string, int64_t>> Weighted(const Terms& question,
                                                      const std::vector<Terms>& passages) {
  std::vector<std::pair<std::string, int64_t>> weights;
  for (const std::string& term : question) {
    int64_t without = 0;
    for (const Terms& passage : passages) without += passage.count(term) == 0 ? 1 : 0;
    weights.emplace_back(term, 1 + without);
  }
  return weights;
}

// Share of the question's weight found; a word that only the headings hold counts half.
int64_t Coverage(const std::vector<std::pair<std::string, int64_t>>& question,
                 const Terms& sentence, const Terms& heading) {
  int64_t found = 0, total = 0;
  for (const auto& [term, weight] : question) {
    total += 2 * weight;
    if (sentence.count(term) > 0) {
      found += 2 * weight;
    } else if (heading.count(term) > 0) {
      found += weight;
    }
  }
  return total == 0 ? 0 : found * kMillion / total;
}

std::vector<Candidate> Candidates(std::string_view question, std::span<const FoundPassage> passages,
                                  std::string_view language) {
  std::vector<Terms> whole, headings;
  for (const FoundPassage& passage : passages) {
    std::string heading = passage.title;
    for (const std::string& one : passage.headings) absl::StrAppend(&heading, " ", one);
    headings.push_back(TermsOf(heading, language));
    whole.push_back(TermsOf(absl::StrCat(heading, " ", passage.text), language));
  }
  const auto weighted = Weighted(TermsOf(question, language), whole);
  std::vector<Candidate> candidates;
  for (size_t p = 0; p < passages.size(); ++p) {
    const std::vector<text::Span> sentences = text::Sentences(passages[p].text, language);
    for (size_t s = 0; s < sentences.size(); ++s) {
      const std::string_view sentence = text::Slice(passages[p].text, sentences[s]);
      if (text::Words(sentence, language).size() < kFewestWords || sentence.back() == '?') continue;
      Candidate candidate{.passage = static_cast<int>(p), .sentence = s, .span = sentences[s]};
      candidate.coverage = Coverage(weighted, TermsOf(sentence, language), headings[p]);
      // The fused rank speaks for the whole passage: it decides among equals, and more when
      // the sentences share few words with the question.
      candidate.score = candidate.coverage + passages[p].score_q / 4;
      candidates.push_back(candidate);
    }
  }
  return candidates;
}

void SortBest(std::vector<Candidate>& candidates) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
}

// Scores the best candidates by their embeddings; leaves the others as they are.
bool AddSimilarity(std::string_view question, std::span<const FoundPassage> passages,
                   const EmbedTexts& embed, std::vector<Candidate>& candidates) {
  if (!embed || candidates.empty()) return false;
  if (candidates.size() > kEmbedded) candidates.resize(kEmbedded);
  std::vector<std::string> texts = {std::string(question)};
  for (const Candidate& candidate : candidates) {
    const FoundPassage& passage = passages[static_cast<size_t>(candidate.passage)];
    texts.push_back(
        absl::StrCat(passage.title, ". ", std::string(text::Slice(passage.text, candidate.span))));
  }
  const absl::StatusOr<std::vector<std::vector<float>>> vectors = embed(texts);
  if (!vectors.ok() || vectors->size() != texts.size()) return false;
  for (size_t i = 0; i < candidates.size(); ++i) {
    double dot = 0;
    for (size_t d = 0; d < (*vectors)[0].size(); ++d)
      dot += static_cast<double>((*vectors)[0][d]) * (*vectors)[i + 1][d];
    candidates[i].similarity = std::max<int64_t>(0, static_cast<int64_t>(dot * kMillion));
    candidates[i].score = (candidates[i].coverage + candidates[i].similarity) / 2;
  }
  return true;
}

}  // namespace

Extract ExtractAnswer(std::string_view question, std::span<const FoundPassage> passages,
                      const Grounding& grounding, std::string_view language,
                      const EmbedTexts& embed) {
  Extract extract;
  std::vector<Candidate> candidates = Candidates(question, passages, language);
  SortBest(candidates);
  if (AddSimilarity(question, passages, embed, candidates)) SortBest(candidates);
  if (candidates.empty()) return extract;
  const Candidate best = candidates.front();
  extract.answerable = embed ? best.score : best.coverage;
  extract.scores = {{"coverage", best.coverage},
                    {"similarity", best.similarity},
                    {"answerable", extract.answerable}};
  if (extract.answerable < grounding.answerable) return extract;

  std::vector<Candidate> chosen;
  for (const Candidate& candidate : candidates) {
    if (static_cast<int64_t>(chosen.size()) >= grounding.sentences) break;
    if (candidate.passage != best.passage || candidate.score * kMillion < best.score * kKeepShare)
      continue;
    chosen.push_back(candidate);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const Candidate& a, const Candidate& b) { return a.sentence < b.sentence; });
  for (const Candidate& candidate : chosen) {
    const FoundPassage& passage = passages[static_cast<size_t>(candidate.passage)];
    extract.sentences.push_back({.text = std::string(text::Slice(passage.text, candidate.span)),
                                 .passage = candidate.passage,
                                 .source = candidate.span,
                                 .score = candidate.score});
  }
  return extract;
}

}  // namespace frontdesk::dialog
