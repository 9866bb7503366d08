#include "dialog/answer/answer_units.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "re2/re2.h"
#include "text/normalise.h"
#include "text/segment.h"

namespace frontdesk::dialog {
namespace {

constexpr size_t kLongestItem = 220;  // a longer block ends the list that a line announced

std::string LanguageOf(const FoundPassage& passage) {
  return passage.language.empty() ? "en" : passage.language;
}

// "Returning a bulky item": short, one line, without an end.
bool IsHeading(std::string_view block) {
  return block.size() <= 70 && block.find('\n') == std::string_view::npos &&
         std::string_view(".!?:;,").find(block.back()) == std::string_view::npos &&
         block.find(": ") == std::string_view::npos &&
         block.find_first_of("0123456789@") == std::string_view::npos;
}

// "Yes." says nothing that a person could act on.
bool SaysLittle(std::string_view answer) { return answer.size() <= 16; }

bool Leans(std::string_view sentence) {
  static const RE2 kBack(
      "^(?:It|They|This|That|These|Those|He|She|Then|Until then|After that|Afterwards|Otherwise|In (?:that|this|"
      "both|these|either|each) cases?|If (?:it|they|not|that|this)|Both|Neither|The (?:same|second|other|latter)|"
      "Es|Sie|Das|Dies\\w*|Danach|Dann)\\b");
  return RE2::PartialMatch(sentence, kBack);
}

// "Norway – Standard: €14.95; Express: not available": how retrieval/documents words a row.
bool IsTableRow(std::string_view sentence) {
  static const RE2 kRow("^[^:;]{1,80} – [^:;]{1,60}: ");
  return RE2::PartialMatch(sentence, kRow);
}

class Reader {
 public:
  Reader(const FoundPassage& passage, size_t index, std::set<std::string>& seen,
         std::vector<AnswerUnit>& units)
      : passage_(passage), index_(index), seen_(seen), units_(units) {}

  void Read() {
    size_t begin = 0;
    while (begin < passage_.text.size()) {
      const size_t end = std::min(passage_.text.find("\n\n", begin), passage_.text.size());
      ReadBlock(begin, end);
      begin = end + 2;
    }
  }

 private:
  void ReadBlock(size_t begin, size_t end) {
    const std::string_view block = std::string_view(passage_.text).substr(begin, end - begin);
    if (block.empty()) return;
    ++block_;
    if (block.size() > kLongestItem) announced_.clear();
    if (asked_.empty()) question_.clear();
    // The last line of a passage announces nothing: it is all that there is.
    if (announced_.empty() && IsHeading(block) && end < passage_.text.size()) {
      section_ = std::string(block);
      ++order_;
      return;
    }
    std::string before, anchor;  // anchor: the last sentence that stands alone
    open_ = false;
    for (text::Span span : text::Sentences(block, LanguageOf(passage_))) {
      span.begin += static_cast<uint32_t>(begin);
      span.end += static_cast<uint32_t>(begin);
      const std::string_view sentence = text::Slice(passage_.text, span);
      const size_t order = order_++;
      if (sentence.ends_with('?')) {
        asked_ = span;
        question_ = std::string(sentence);
        question_order_ = order;
        continue;
      }
      if (open_) {
        units_.back().sentences.push_back(span);
        open_ = false;
      } else {
        Add(span, sentence, order, before);
      }
      // "It …" after "It …" is about what the first one is about.
      before = Leans(sentence) && !anchor.empty() ? anchor : std::string(sentence);
      if (!Leans(sentence)) anchor = std::string(sentence);
      if (sentence.ends_with(':')) {
        announced_ = std::string(sentence);
        announcer_.reset();
        if (!units_.empty() && units_.back().announces) announcer_ = units_.size() - 1;
      }
    }
  }

  void Add(text::Span span, std::string_view sentence, size_t order, const std::string& before) {
    AnswerUnit unit;
    unit.passage = index_;
    unit.order = order;
    unit.block = block_;
    unit.announces = sentence.ends_with(':');
    unit.is_row = IsTableRow(sentence);
    unit.leans = Leans(sentence) && !before.empty();
    unit.lead = section_;
    const auto lead = [&](std::string_view text) {
      absl::StrAppend(&unit.lead, unit.lead.empty() ? "" : " ", std::string(text));
    };
    if (!asked_.empty()) {
      unit.sentences.push_back(asked_);
      unit.order = question_order_;
      unit.asks = true;
      asked_ = {};
    } else if (!question_.empty()) {
      lead(question_);
    }
    unit.sentences.push_back(span);
    if (unit.leans && !unit.asks) {
      lead(before);
    } else if (!announced_.empty() && !unit.announces) {
      lead(announced_);
      unit.announced_by = announcer_;
    }
    if (!seen_.insert(text::FoldText(sentence)).second) return;
    open_ = unit.asks && SaysLittle(sentence);
    units_.push_back(std::move(unit));
  }

  const FoundPassage& passage_;
  const size_t index_;
  std::set<std::string>& seen_;
  std::vector<AnswerUnit>& units_;
  size_t order_ = 0, block_ = 0;
  bool open_ = false;  // the last unit only said yes or no: the next sentence belongs to it
  text::Span asked_;  // a question that waits for its answer
  size_t question_order_ = 0;
  std::string section_, question_, announced_;
  std::optional<size_t> announcer_;  // the unit that announced_ is, unless it stood elsewhere before
};

}  // namespace

std::string AnswerUnit::TextIn(const FoundPassage& passage) const {
  std::string text;
  for (const text::Span& span : sentences) {
    absl::StrAppend(&text, text.empty() ? "" : " ", std::string(text::Slice(passage.text, span)));
  }
  return text;
}

std::string AnswerUnit::InContext(const FoundPassage& passage) const {
  std::string text = passage.title;
  if (!passage.headings.empty()) absl::StrAppend(&text, ". ", passage.headings.back());
  absl::StrAppend(&text, ": ", lead, lead.empty() ? "" : " ", TextIn(passage));
  return text;
}

std::vector<AnswerUnit> UnitsOf(const std::vector<FoundPassage>& passages, size_t most) {
  std::vector<AnswerUnit> units;
  std::set<std::string> seen;
  for (size_t i = 0; i < std::min(passages.size(), most); ++i) {
    Reader(passages[i], i, seen, units).Read();
  }
  return units;
}

std::string HeadingsOf(const FoundPassage& passage) {
  return absl::StrCat(passage.title, " ", absl::StrJoin(passage.headings, " "));
}

}  // namespace frontdesk::dialog
