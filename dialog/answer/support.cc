#include "dialog/answer/support.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "text/analyse.h"
#include "text/normalise.h"
#include "text/segment.h"

namespace frontdesk::dialog {
namespace {

constexpr int64_t kMillion = 1'000'000;
constexpr size_t kWidestWindow = 3;  // neighbouring sentences
// Weight of the words against the embedding in the support score, millionths.
constexpr int64_t kCoverageWeight = 650'000;

using Terms = std::set<std::string>;

Terms TermsOf(std::string_view text, std::string_view language) {
  Terms terms;
  for (text::Token& token : text::Analyse(text, language, {.drop_stop_words = true}))
    terms.insert(std::move(token.term));
  return terms;
}

bool Negates(std::string_view sentence, std::string_view language) {
  static constexpr std::array kEnglish =
      std::to_array<std::string_view>({"not", "no", "never", "cannot", "without", "neither", "nor",
                                       "none", "nothing", "nobody", "unable"});
  static constexpr std::array kGerman =
      std::to_array<std::string_view>({"nicht", "kein", "keine", "keinen", "keinem", "keiner",
                                       "keines", "nie", "niemals", "ohne", "weder"});
  const std::string folded = text::FoldText(sentence);
  for (const text::Span word : text::Words(folded, language)) {
    const std::string_view view = text::Slice(folded, word);
    const bool listed = language == "de"
                            ? std::find(kGerman.begin(), kGerman.end(), view) != kGerman.end()
                            : std::find(kEnglish.begin(), kEnglish.end(), view) != kEnglish.end();
    if (listed || (view.size() > 3 && view.substr(view.size() - 3) == "n't")) return true;
  }
  return false;
}

// Words that name something: capitalised but not first, or letters and digits mixed ("800R").
// Every German noun is capitalised, so there only the mixed ones count.
Terms NamesOf(std::string_view sentence, std::string_view language) {
  Terms names;
  bool first = true;
  for (const text::Span word : text::Words(sentence, language)) {
    const std::string_view view = text::Slice(sentence, word);
    const bool capital = std::isupper(static_cast<unsigned char>(view.front())) != 0;
    const bool letters =
        std::any_of(view.begin(), view.end(), [](unsigned char c) { return std::isalpha(c); });
    const bool digits =
        std::any_of(view.begin(), view.end(), [](unsigned char c) { return std::isdigit(c); });
    const std::string folded = text::FoldText(view);
    if ((letters && digits) ||
        (capital && !first && language != "de" && !text::IsStopWord(folded, language))) {
      names.insert(text::AnalyseWord(view, language));
    }
    first = false;
  }
  return names;
}

// The sentences a candidate may rest on: [first, last] of one passage.
struct Window {
  int passage = -1;
  text::Span span{};
  int64_t coverage = -1;  // millionths
  std::string missing_fact;
  text::Span closest{};  // its sentence that shares most with the candidate
};

struct SentenceTerms {
  text::Span span;
  Terms terms;
};

int64_t Covered(const Terms& wanted, const std::vector<const Terms*>& in) {
  if (wanted.empty()) return kMillion;
  const auto found = std::count_if(wanted.begin(), wanted.end(), [&in](const std::string& term) {
    return std::any_of(in.begin(), in.end(),
                       [&term](const Terms* terms) { return terms->count(term) > 0; });
  });
  return found * kMillion / static_cast<int64_t>(wanted.size());
}

// The first fact of the sentence that the text does not hold, or "".
std::string MissingFact(const std::vector<std::string>& facts, std::string_view text,
                        std::string_view language) {
  const std::vector<std::string> there = FactsOf(text, language);
  for (const std::string& fact : facts) {
    if (!std::binary_search(there.begin(), there.end(), fact)) return fact;
  }
  return "";
}

std::string Heading(const FoundPassage& passage) {
  std::string heading = passage.title;
  for (const std::string& one : passage.headings) absl::StrAppend(&heading, " ", one);
  return heading;
}

// A window with all facts beats one without; then more words covered; then the shorter one,
// which is tried first.
bool Better(const Window& a, const Window& b) {
  if (a.missing_fact.empty() != b.missing_fact.empty()) return a.missing_fact.empty();
  return a.coverage > b.coverage;
}

Window BestWindow(std::string_view sentence, std::span<const FoundPassage> passages,
                  std::string_view language) {
  const Terms wanted = TermsOf(sentence, language);
  const std::vector<std::string> facts = FactsOf(sentence, language);
  Window best;
  for (size_t p = 0; p < passages.size(); ++p) {
    const FoundPassage& passage = passages[p];
    const std::string heading = Heading(passage);
    const Terms heading_terms = TermsOf(heading, language);
    std::vector<SentenceTerms> sentences;
    for (const text::Span span : text::Sentences(passage.text, language)) {
      sentences.push_back({span, TermsOf(text::Slice(passage.text, span), language)});
    }
    for (size_t width = 1; width <= kWidestWindow; ++width) {
      for (size_t first = 0; first + width <= sentences.size(); ++first) {
        Window window{.passage = static_cast<int>(p)};
        window.span = {sentences[first].span.begin, sentences[first + width - 1].span.end};
        std::vector<const Terms*> in = {&heading_terms};
        int64_t closest = -1;
        for (size_t i = first; i < first + width; ++i) {
          in.push_back(&sentences[i].terms);
          const int64_t alone = Covered(wanted, {&sentences[i].terms});
          if (alone > closest) closest = alone, window.closest = sentences[i].span;
        }
        window.coverage = Covered(wanted, in);
        window.missing_fact = MissingFact(
            facts, absl::StrCat(std::string(text::Slice(passage.text, window.span)), " ", heading),
            language);
        if (best.passage < 0 || Better(window, best)) best = window;
      }
    }
  }
  return best;
}

// Cosine of two texts in millionths; nullopt without an encoder.
std::optional<int64_t> Similarity(std::string_view a, std::string_view b, const EmbedTexts& embed) {
  if (!embed) return std::nullopt;
  const std::vector<std::string> texts = {std::string(a), std::string(b)};
  const absl::StatusOr<std::vector<std::vector<float>>> vectors = embed(texts);
  if (!vectors.ok() || vectors->size() != 2) return std::nullopt;
  double dot = 0;
  for (size_t i = 0; i < (*vectors)[0].size(); ++i)
    dot += static_cast<double>((*vectors)[0][i]) * (*vectors)[1][i];
  return static_cast<int64_t>(dot * kMillion);
}

Support Refused(Support support, std::string rule) {
  support.supported = false;
  support.rule = std::move(rule);
  return support;
}

}  // namespace

Support CheckSupport(std::string_view sentence, std::span<const FoundPassage> passages,
                     std::string_view question, const Grounding& grounding,
                     std::string_view language, const EmbedTexts& embed) {
  Support support;
  const Window window = BestWindow(sentence, passages, language);
  if (window.passage < 0 || TermsOf(sentence, language).empty()) return Refused(support, "empty");
  const FoundPassage& passage = passages[static_cast<size_t>(window.passage)];
  const std::string_view source = text::Slice(passage.text, window.span);
  support.passage = window.passage;
  support.source = window.span;
  support.scores["coverage"] = window.coverage;
  support.scores["support"] = window.coverage;
  if (!window.missing_fact.empty()) return Refused(support, "number");

  const std::string known =
      absl::StrCat(passage.text, " ", Heading(passage), " ", std::string(question));
  const Terms known_terms = TermsOf(known, language);
  for (const std::string& name : NamesOf(sentence, language)) {
    if (known_terms.count(name) == 0) return Refused(support, "name");
  }
  if (Negates(sentence, language) != Negates(text::Slice(passage.text, window.closest), language)) {
    return Refused(support, "negation");
  }
  if (const std::optional<int64_t> similarity = Similarity(sentence, source, embed)) {
    support.scores["similarity"] = *similarity;
    support.scores["support"] = (kCoverageWeight * window.coverage +
                                 (kMillion - kCoverageWeight) * std::max<int64_t>(*similarity, 0)) /
                                kMillion;
  }
  if (support.scores["support"] < grounding.support) return Refused(support, "coverage");
  support.supported = true;
  support.rule = "supported";
  return support;
}

}  // namespace frontdesk::dialog
