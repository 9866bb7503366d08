#include "dialog/answer/evidence.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "dialog/answer/facts.h"
#include "re2/re2.h"
#include "text/analyse.h"
#include "text/normalise.h"
#include "text/segment.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kLongestSentence = 400;

constexpr std::array<std::string_view, kSignals> kSignalNames = {
    "content",       "words",          "bigrams",         "trigrams",      "longest_run",
    "best_sentence", "best_pair",      "missing",         "missing_facts", "has_facts",
    "missing_names", "has_names",      "denial",          "first_person",  "asks",
    "from_question", "claim_length",   "source_length",   "near_best",     "near_mean",
    "near_worst",    "near_whole",     "letter_grams",    "long_words",    "worst_clause",
    "in_order",      "sentences",      "verbatim",        "stop_words",    "echo",
    "opinion",       "near_and_covered"};

bool Contains(const std::set<std::string>& set, const std::string& item) {
  return set.find(item) != set.end();
}

// Stems in order; numbers too.
std::vector<std::string> StemsOf(std::string_view text, std::string_view language) {
  std::vector<std::string> stems;
  for (const text::Token& token : text::Analyse(text, language)) stems.push_back(token.term);
  return stems;
}

std::set<std::string> ContentOf(std::string_view text, std::string_view language) {
  std::set<std::string> content;
  for (const text::Token& token : text::Analyse(text, language, {.drop_stop_words = true})) {
    content.insert(token.term);
  }
  return content;
}

void AddRuns(const std::vector<std::string>& words, size_t length, std::set<std::string>& out) {
  for (size_t i = 0; i + length <= words.size(); ++i) {
    std::string run = words[i];
    for (size_t n = 1; n < length; ++n) absl::StrAppend(&run, " ", words[i + n]);
    out.insert(std::move(run));
  }
}

void AddLetterGrams(const std::string& word, std::set<std::string>& out) {
  if (word.size() <= 4) {
    out.insert(word);
    return;
  }
  for (size_t i = 0; i + 4 <= word.size(); ++i) out.insert(word.substr(i, 4));
}

float Share(size_t part, size_t whole) {
  return whole == 0 ? 1.0f : static_cast<float>(part) / static_cast<float>(whole);
}

float ShareIn(const std::set<std::string>& wanted, const std::set<std::string>& there) {
  size_t found = 0;
  for (const std::string& item : wanted) found += Contains(there, item) ? 1 : 0;
  return Share(found, wanted.size());
}

// Capitalised words and codes inside sentences, folded: names that must be known.
std::set<std::string> NamesOf(std::string_view claim) {
  std::set<std::string> names;
  for (const text::Span& sentence : text::Sentences(claim, "en")) {
    bool first = true;
    for (const text::Span& word : text::Words(text::Slice(claim, sentence), "en")) {
      const std::string_view shape = text::Slice(text::Slice(claim, sentence), word);
      const bool capital = shape[0] >= 'A' && shape[0] <= 'Z';
      if (capital && !first && shape.size() > 1 && shape != "I'm") {
        names.insert(text::FoldText(shape));
      }
      first = false;
    }
  }
  return names;
}

// Longest common subsequence of two word lists.
size_t CommonInOrder(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<size_t> row(b.size() + 1, 0);
  for (const std::string& word : a) {
    size_t diagonal = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      row[j + 1] = word == b[j] ? diagonal + 1 : std::max(row[j + 1], row[j]);
      diagonal = above;
    }
  }
  return row[b.size()];
}

int CountWords(const std::string& folded, const RE2& pattern) {
  int count = 0;
  re2::StringPiece rest(folded);
  while (RE2::FindAndConsume(&rest, pattern)) ++count;
  return count;
}

}  // namespace

std::string_view SignalName(size_t signal) { return kSignalNames[signal]; }

bool Denies(std::string_view text) {
  static const RE2 kWords(
      "\\b(not|no|never|none|nobody|nothing|neither|nor|cannot|without|nicht|kein\\w*|nie|niemals|"
      "ohne)\\b|n't\\b");
  return RE2::PartialMatch(text::FoldText(text), kWords);
}

Source::Source(std::string_view text, std::string_view language, std::string_view extra)
    : text_(text), language_(language) {
  for (text::Span span : text::Sentences(text, language)) {
    while (span.size() > kLongestSentence) {
      size_t cut = span.begin + kLongestSentence;
      while (cut > span.begin + kLongestSentence / 2 && text[cut] != ' ') --cut;
      while (cut > span.begin && (text[cut] & 0xC0) == 0x80) --cut;
      sentences_.push_back({span.begin, static_cast<uint32_t>(cut)});
      span.begin = static_cast<uint32_t>(cut);
    }
    sentences_.push_back(span);
  }
  folded_ = text::FoldText(absl::StrCat(std::string(text), " ", std::string(extra)));
  const auto take = [&](std::string_view part) {
    words_.push_back(StemsOf(part, language_));
    content_.push_back(ContentOf(part, language_));
    denies_.push_back(Denies(part));
    const std::vector<std::string>& words = words_.back();
    all_words_.insert(words.begin(), words.end());
    all_content_.insert(content_.back().begin(), content_.back().end());
    AddRuns(words, 2, bigrams_);
    AddRuns(words, 3, trigrams_);
    for (const std::string& word : words) AddLetterGrams(word, grams_);
  };
  for (const text::Span& span : sentences_) take(text::Slice(text_, span));
  if (!extra.empty()) take(extra);
  facts_ = FactsOf(folded_, language_);
}

// Reads the private parts of a Source for one claim.
struct EvidenceReader {
  const Source& source;
  std::string_view claim;
  std::vector<std::string> words;
  std::set<std::string> content;

  EvidenceReader(std::string_view claim, const Source& source)
      : source(source),
        claim(claim),
        words(StemsOf(claim, source.language_)),
        content(ContentOf(claim, source.language_)) {}

  float Runs(size_t length, const std::set<std::string>& there) const {
    std::set<std::string> runs;
    AddRuns(words, length, runs);
    return runs.empty() ? ShareIn(content, source.all_content_) : ShareIn(runs, there);
  }

  float LongestRun() const {
    size_t longest = 0;
    for (const std::vector<std::string>& sentence : source.words_) {
      std::vector<size_t> row(sentence.size() + 1, 0);
      for (const std::string& word : words) {
        size_t diagonal = 0;
        for (size_t j = 0; j < sentence.size(); ++j) {
          const size_t above = row[j + 1];
          row[j + 1] = word == sentence[j] ? diagonal + 1 : 0;
          longest = std::max(longest, row[j + 1]);
          diagonal = above;
        }
      }
    }
    return Share(longest, words.size());
  }

  float BestSentence(size_t* which) const {
    float best = -1;
    for (size_t i = 0; i < source.sentences_.size(); ++i) {
      const float share = ShareIn(content, source.content_[i]);
      if (share > best) {
        best = share;
        *which = i;
      }
    }
    return std::max(best, 0.0f);
  }

  float BestPair() const {
    float best = 0;
    for (size_t i = 0; i + 1 < source.sentences_.size(); ++i) {
      size_t found = 0;
      for (const std::string& term : content) {
        found += Contains(source.content_[i], term) || Contains(source.content_[i + 1], term) ? 1 : 0;
      }
      best = std::max(best, Share(found, content.size()));
    }
    return best;
  }

  float InOrder() const {
    size_t best = 0;
    for (size_t i = 0; i < source.sentences_.size(); ++i) {
      best = std::max(best, CommonInOrder(words, source.words_[i]));
    }
    return Share(best, words.size());
  }

  // The clause of the claim that the source covers least; clauses of one word do not count.
  float WorstClause() const {
    float worst = 1;
    size_t begin = 0;
    const auto judge = [&](size_t end) {
      const std::set<std::string> terms =
          ContentOf(claim.substr(begin, end - begin), source.language_);
      if (terms.size() >= 2) worst = std::min(worst, ShareIn(terms, source.all_content_));
      begin = end;
    };
    for (size_t i = 0; i < claim.size(); ++i) {
      if (std::string_view(",;.!?:").find(claim[i]) != std::string_view::npos) judge(i + 1);
    }
    judge(claim.size());
    return worst;
  }

  float LetterGrams() const {
    std::set<std::string> grams;
    for (const std::string& term : content) AddLetterGrams(term, grams);
    return ShareIn(grams, source.grams_);
  }

  float LongWords() const {
    size_t found = 0, all = 0;
    for (const std::string& term : content) {
      all += term.size();
      found += Contains(source.all_content_, term) ? term.size() : 0;
    }
    return Share(found, all);
  }
};

Evidence ReadEvidence(std::string_view claim, std::string_view question, const Source& source,
                      const Nearness& nearness) {
  static const RE2 kFirstPerson("\\b(i|i'm|i've|my|me|mine|we|our|ich|mein\\w*|wir|unser\\w*)\\b");
  static const RE2 kOpinion(
      "\\b(love|like|think|hope|guess|wow|cool|great|nice|favou?rite|yeah|yes|oh|haha|lol|sure|"
      "agree|definitely|amazing|awesome|interesting|wonder|sorry|maybe|probably|pretty|really|"
      "enjoy|feel|believe)\\b");
  const EvidenceReader read(claim, source);
  Evidence evidence;
  const std::string folded = text::FoldText(claim);
  const std::string known = source.folded_ + " " + text::FoldText(question);
  const std::set<std::string> asked = ContentOf(question, source.language_);

  const std::vector<std::string> facts = FactsOf(folded, source.language_);
  size_t missing_facts = 0;
  for (const std::string& fact : facts) {
    missing_facts +=
        std::binary_search(source.facts_.begin(), source.facts_.end(), fact) ? 0 : 1;
  }
  const std::set<std::string> names = NamesOf(claim);
  size_t missing_names = 0, unknown_names = 0;
  for (const std::string& name : names) {
    missing_names += source.folded_.find(name) == std::string::npos ? 1 : 0;
    unknown_names += known.find(name) == std::string::npos ? 1 : 0;
  }
  size_t missing = 0, from_question = 0, echo = 0;
  for (const std::string& term : read.content) {
    const bool there = Contains(source.all_content_, term);
    missing += there ? 0 : 1;
    from_question += !there && Contains(asked, term) ? 1 : 0;
    echo += Contains(asked, term) ? 1 : 0;
  }
  size_t stop_words = 0, words_there = 0;
  for (const std::string& word : read.words) {
    stop_words += Contains(read.content, word) ? 0 : 1;
    words_there += Contains(source.all_words_, word) ? 1 : 0;
  }
  const float best = read.BestSentence(&evidence.sentence);
  const bool best_denies = !source.denies_.empty() && source.denies_[evidence.sentence];
  evidence.numbers_agree = missing_facts == 0;
  evidence.names_known = unknown_names == 0;
  evidence.denial_agrees = Denies(claim) == best_denies;
  evidence.near_known = nearness.known;

  const float count = static_cast<float>(std::max<size_t>(read.words.size(), 1));
  const float covered = Share(read.content.size() - missing, read.content.size());
  evidence.signals = {covered,
                      Share(words_there, read.words.size()),
                      read.Runs(2, source.bigrams_),
                      read.Runs(3, source.trigrams_),
                      read.LongestRun(),
                      best,
                      std::max(best, read.BestPair()),
                      static_cast<float>(std::min<size_t>(missing, 10)) / 10.0f,
                      Share(missing_facts, std::max<size_t>(facts.size(), 1)),
                      facts.empty() ? 0.0f : 1.0f,
                      Share(missing_names, std::max<size_t>(names.size(), 1)),
                      names.empty() ? 0.0f : 1.0f,
                      evidence.denial_agrees ? 0.0f : 1.0f,
                      static_cast<float>(CountWords(folded, kFirstPerson)) / count,
                      claim.find('?') != std::string_view::npos ? 1.0f : 0.0f,
                      Share(from_question, std::max<size_t>(read.content.size(), 1)),
                      std::log(count + 1),
                      std::log(static_cast<float>(source.text_.size()) + 1),
                      nearness.best,
                      nearness.mean,
                      nearness.worst,
                      nearness.whole,
                      read.LetterGrams(),
                      read.LongWords(),
                      read.WorstClause(),
                      read.InOrder(),
                      static_cast<float>(text::Sentences(claim, "en").size()),
                      known.find(folded) != std::string::npos ? 1.0f : 0.0f,
                      static_cast<float>(stop_words) / count,
                      Share(echo, std::max<size_t>(read.content.size(), 1)),
                      static_cast<float>(CountWords(folded, kOpinion)) / count,
                      nearness.whole * covered};
  return evidence;
}

}  // namespace frontdesk::dialog
