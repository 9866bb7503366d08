#include "retrieval/answer_sentences.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "retrieval/ranking/fusion.h"
#include "retrieval/ranking/query_words.h"
#include "retrieval/snapshot_parts.h"
#include "text/analyse.h"
#include "text/segment.h"
#include "text/utf8.h"

namespace frontdesk::retrieval {
namespace {

// Thousandths of each feature in a sentence's score.
struct Shares {
  int32_t coverage;
  int32_t proximity;
  int32_t cosine;
};
constexpr Shares kWithEmbedding = {400, 100, 500};
constexpr Shares kWordsAlone = {850, 150, 0};
constexpr int64_t kHeadingShare = 250;  // thousandths of a word's weight when a heading has it
constexpr double kStopWordShare = 0.15;

using TermWeights = std::map<std::string, int64_t, std::less<>>;  // thousandths

TermWeights WeighQuery(std::string_view query, const KnowledgeSnapshot& snapshot,
                       const std::string& language) {
  RankingOptions options = snapshot.parts().ranking;
  options.stop_word_weight = kStopWordShare;
  const std::vector<std::string> languages = {language};
  TermWeights out;
  for (const WeightedTerm& term :
       QueryTerms(query, languages, options, *snapshot.parts().synonyms)) {
    const double rarity = snapshot.parts().index->InverseDocumentFrequencyOf(term.term);
    const double times = std::min(1.0, static_cast<double>(term.weight));  // repeats add nothing
    out[term.term] = Quantise(times * rarity) / 1000;
  }
  return out;
}

struct Found {
  int64_t weight = 0;     // of distinct query words in the sentence
  int64_t proximity = 0;  // thousandths
};

// The query's words in a sentence: their weight, and how tightly the window around them is filled.
Found FindWords(std::string_view sentence, const std::string& language, const TermWeights& query) {
  Found out;
  std::map<std::string_view, size_t> first;
  const std::vector<text::Token> tokens = text::Analyse(sentence, language);
  size_t low = tokens.size(), high = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const auto known = query.find(tokens[i].term);
    if (known == query.end() || !first.emplace(known->first, i).second) continue;
    out.weight += known->second;
    low = std::min(low, i);
    high = std::max(high, i);
  }
  if (first.size() >= 2) {
    out.proximity = static_cast<int64_t>(1000 * (first.size() - 1) / (high - low));
  }
  return out;
}

absl::StatusOr<std::vector<int32_t>> Cosines(const Passage& passage,
                                             const std::vector<text::Span>& sentences,
                                             std::string_view query, const AnswerOptions& options) {
  std::vector<int32_t> out(sentences.size(), 0);
  if (!options.embed) return out;
  std::vector<std::string> texts;
  if (options.query_embedding.empty()) texts.push_back(text::RepairUtf8(query.substr(0, 4096)));
  for (const text::Span& span : sentences) texts.emplace_back(text::Slice(passage.text, span));
  absl::StatusOr<std::vector<std::vector<float>>> vectors = options.embed(texts);
  if (!vectors.ok()) return vectors.status();
  if (vectors->size() != texts.size()) return absl::InternalError("the encoder lost a text");
  const size_t first = texts.size() - sentences.size();
  const std::span<const float> wanted =
      first == 1 ? std::span<const float>(vectors->front()) : options.query_embedding;
  for (size_t i = 0; i < sentences.size(); ++i) {
    const std::vector<float>& vector = (*vectors)[first + i];
    if (vector.size() != wanted.size()) {
      return absl::InvalidArgumentError("query_embedding is of another encoder than the passage");
    }
    out[i] = static_cast<int32_t>(Quantise(static_cast<double>(ExactDot(wanted, vector))) / 1000);
  }
  return out;
}

// The indices to show, in reading order: the best, and what a colon at its end announces.
std::vector<size_t> Choose(const std::vector<AnswerSentence>& scored, const Passage& passage,
                           const AnswerOptions& options) {
  std::vector<size_t> order(scored.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scored[a].score > scored[b].score; });
  std::vector<size_t> chosen;
  const auto most = static_cast<size_t>(options.max_sentences);
  for (const size_t i : order) {
    if (chosen.size() >= most) break;
    if (scored[i].score <= 0 ||
        int64_t{scored[i].score} * 1000 < int64_t{scored[order[0]].score} * options.keep_share) {
      break;
    }
    if (std::find(chosen.begin(), chosen.end(), i) != chosen.end()) continue;
    chosen.push_back(i);
    const std::string_view text = text::Slice(passage.text, scored[i].span);
    for (size_t next = i + 1; text.ends_with(':') && next < scored.size() && chosen.size() < most;
         ++next) {
      if (std::find(chosen.begin(), chosen.end(), next) == chosen.end()) chosen.push_back(next);
    }
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

absl::StatusOr<std::vector<AnswerSentence>> SelectAnswerSentences(const Passage& passage,
                                                                  std::string_view query,
                                                                  const KnowledgeSnapshot& snapshot,
                                                                  const AnswerOptions& options) {
  if (options.max_sentences < 1 || options.max_sentences > 10) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_sentences is ", options.max_sentences, "; ask for 1 to 10"));
  }
  const std::vector<text::Span> sentences = text::Sentences(passage.text, passage.language);
  absl::StatusOr<std::vector<int32_t>> cosines = Cosines(passage, sentences, query, options);
  if (!cosines.ok()) return cosines.status();

  const TermWeights weights = WeighQuery(query, snapshot, passage.language);
  int64_t total = 0;
  for (const auto& [term, weight] : weights) total += weight;
  std::string context = passage.title;
  for (const std::string& heading : passage.headings) absl::StrAppend(&context, "\n", heading);
  const Shares shares = options.embed ? kWithEmbedding : kWordsAlone;

  std::vector<AnswerSentence> scored;
  for (size_t i = 0; i < sentences.size(); ++i) {
    const std::string_view text = text::Slice(passage.text, sentences[i]);
    const Found here = FindWords(text, passage.language, weights);
    const Found with_context =
        FindWords(absl::StrCat(context, "\n", absl::string_view(text.data(), text.size())),
                  passage.language, weights);
    AnswerSentence sentence{.span = sentences[i]};
    if (total > 0) {
      const int64_t from_headings = (with_context.weight - here.weight) * kHeadingShare / 1000;
      sentence.coverage = static_cast<int32_t>((here.weight + from_headings) * 1000 / total);
    }
    sentence.proximity = static_cast<int32_t>(here.proximity);
    sentence.cosine = (*cosines)[i];
    // A sentence without a word of the query stands on its meaning alone.
    if (!options.embed && here.weight == 0) {
      scored.push_back(sentence);
      continue;
    }
    sentence.score = (shares.coverage * sentence.coverage + shares.proximity * sentence.proximity +
                      shares.cosine * sentence.cosine) /
                     1000;
    scored.push_back(sentence);
  }
  std::vector<AnswerSentence> out;
  for (const size_t i : Choose(scored, passage, options)) out.push_back(scored[i]);
  return out;
}

}  // namespace frontdesk::retrieval
