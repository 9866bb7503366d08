#include "retrieval/documents/chunk.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "text/language.h"
#include "text/segment.h"
#include "text/utf8.h"

namespace frontdesk::retrieval {
namespace {

// A piece of a section that is not cut further: a block, or a sentence of a long one.
struct Unit {
  SourcedText text;
  uint32_t begin = 0;
  uint32_t end = 0;
  int words = 0;
  bool starts_block = true;  // else it follows its neighbour in the same paragraph
};

int CountWords(std::string_view text, std::string_view language) {
  return static_cast<int>(text::Words(text, language).size());
}

// First and last byte of the source that a text came from, or the block's own range.
text::Span SourceRange(const SourcedText& text, const Block& block) {
  if (text.runs().empty()) return {block.begin, block.end};
  const SourceRun& last = text.runs().back();
  return {text.runs().front().source,
          last.source + static_cast<uint32_t>(text.text().size()) - last.text};
}

// Cuts a sentence that alone exceeds the limit between its words.
void CutLongSentence(const Block& block, text::Span sentence, const PassageOptions& options,
                     std::string_view language, std::vector<Unit>* units) {
  const std::string_view text = text::Slice(block.text.text(), sentence);
  const std::vector<text::Span> words = text::Words(text, language);
  const auto step = static_cast<size_t>(std::max(options.max_words, 1));
  for (size_t i = 0; i < words.size(); i += step) {
    const uint32_t from = i == 0 ? 0 : words[i].begin;
    const uint32_t to =
        i + step < words.size() ? words[i + step].begin : static_cast<uint32_t>(text.size());
    Unit unit{.words = static_cast<int>(std::min(step, words.size() - i)),
              .starts_block = units->empty()};
    unit.text.AppendSlice(block.text, {sentence.begin + from, sentence.begin + to});
    units->push_back(std::move(unit));
  }
}

std::vector<Unit> UnitsOf(const Block& block, const PassageOptions& options,
                          std::string_view language) {
  std::vector<Unit> units;
  const int words = CountWords(block.text.text(), language);
  if (words <= options.max_words) {
    units.push_back({.text = block.text, .words = words});
  } else {
    for (const text::Span& sentence : text::Sentences(block.text.text(), language)) {
      const int in_sentence = CountWords(text::Slice(block.text.text(), sentence), language);
      if (in_sentence > options.max_words) {
        CutLongSentence(block, sentence, options, language, &units);
        continue;
      }
      Unit unit{.words = in_sentence, .starts_block = units.empty()};
      unit.text.AppendSlice(block.text, sentence);
      units.push_back(std::move(unit));
    }
  }
  for (Unit& unit : units) {
    const text::Span range =
        units.size() == 1 ? text::Span{block.begin, block.end} : SourceRange(unit.text, block);
    unit.begin = range.begin;
    unit.end = std::max(range.begin, range.end);
  }
  return units;
}

class Cutter {
 public:
  Cutter(const Document& document, const ParsedDocument& parsed, const PassageOptions& options)
      : document_(document), parsed_(parsed), options_(options) {
    language_ = !document.language.empty() ? document.language : parsed.language;
    if (language_.empty()) language_ = GuessLanguage();
    title_ = !document.title.empty() ? document.title : parsed.title;
  }

  absl::StatusOr<std::vector<Passage>> Cut() {
    for (const Block& block : parsed_.blocks) {
      if (block.kind == Block::kHeading) {
        CloseSection();
        EnterHeading(block);
        continue;
      }
      for (Unit& unit : UnitsOf(block, options_, language_)) section_.push_back(std::move(unit));
    }
    CloseSection();
    if (passages_.size() > options_.max_passages) {
      return absl::InvalidArgumentError(
          absl::StrCat("document '", document_.id, "': gives ", passages_.size(),
                       " passages, at most ", options_.max_passages, " are taken; split it"));
    }
    if (title_.empty()) title_ = document_.id;
    for (Passage& passage : passages_) passage.title = title_;
    return std::move(passages_);
  }

 private:
  std::string GuessLanguage() const {
    std::string sample;
    for (const Block& block : parsed_.blocks) {
      if (sample.size() > 2000) break;
      absl::StrAppend(&sample, block.text.text(), "\n");
    }
    const text::LanguageGuess guess = text::IdentifyLanguage(sample);
    return guess.confidence > 0.5 ? guess.code : "en";
  }

  void EnterHeading(const Block& block) {
    const std::string& text = block.text.text();
    if (title_.empty() && headings_.empty() && passages_.empty()) {
      title_ = text;
      return;
    }
    if (text == title_ && headings_.empty()) return;
    while (!headings_.empty() && headings_.back().first >= block.level) headings_.pop_back();
    headings_.emplace_back(block.level, text);
  }

  void CloseSection() {
    size_t from = 0;
    while (from < section_.size()) {
      int words = 0;
      size_t to = from;
      while (to < section_.size() &&
             (to == from || (words < options_.target_words &&
                             words + section_[to].words <= options_.max_words))) {
        words += section_[to++].words;
      }
      // A short rest goes along rather than alone.
      int rest = 0;
      for (size_t i = to; i < section_.size(); ++i) rest += section_[i].words;
      if (words + rest <= options_.max_words) to = section_.size();
      AddPassage(OverlapStart(from), to);
      from = to;
    }
    section_.clear();
  }

  // Where the passage whose own units begin at `from` begins with what it repeats.
  size_t OverlapStart(size_t from) const {
    int words = 0;
    size_t start = from;
    while (start > 0 && words + section_[start - 1].words <= options_.overlap_words) {
      words += section_[--start].words;
    }
    return start;
  }

  void AddPassage(size_t from, size_t to) {
    SourcedText text;
    for (size_t i = from; i < to; ++i) {
      if (!text.empty()) text.AppendOwn(section_[i].starts_block ? "\n\n" : " ");
      text.AppendSlice(section_[i].text,
                       {0, static_cast<uint32_t>(section_[i].text.text().size())});
    }
    Passage passage;
    passage.document_id = document_.id;
    for (const auto& [level, heading] : headings_) passage.headings.push_back(heading);
    passage.text = text.text();
    passage.runs = text.runs();
    passage.begin = section_[from].begin;
    passage.end = section_[to - 1].end;
    for (size_t i = from; i < to; ++i) {
      passage.begin = std::min(passage.begin, section_[i].begin);
      passage.end = std::max(passage.end, section_[i].end);
    }
    passage.url = !document_.url.empty() ? document_.url : parsed_.url;
    passage.language = language_;
    passage.hash = PassageHash::Of(document_.id, passage.text);
    if (seen_.insert(passage.hash).second) passages_.push_back(std::move(passage));
  }

  const Document& document_;
  const ParsedDocument& parsed_;
  const PassageOptions& options_;
  std::string language_;
  std::string title_;
  std::vector<std::pair<int, std::string>> headings_;
  std::vector<Unit> section_;
  std::vector<Passage> passages_;
  std::set<PassageHash> seen_;
};

}  // namespace

absl::StatusOr<std::vector<Passage>> CutDocument(const Document& document,
                                                 const PassageOptions& options) {
  constexpr size_t kLongestId = 512;
  if (document.id.empty() || document.id.size() > kLongestId || !text::IsValidUtf8(document.id)) {
    return absl::InvalidArgumentError(
        absl::StrCat("a document's id must be 1 to ", kLongestId, " bytes of UTF-8, this one has ",
                     document.id.size(), " bytes; name it by its path or address"));
  }
  absl::StatusOr<ParsedDocument> parsed = ParseDocument(document, options);
  if (!parsed.ok()) return parsed.status();
  return Cutter(document, *parsed, options).Cut();
}

}  // namespace frontdesk::retrieval
