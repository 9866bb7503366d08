#include "retrieval/index/term_counter.h"

#include <algorithm>

#include "retrieval/index/bm25.h"
#include "text/analyse.h"
#include "text/segment.h"

namespace frontdesk::retrieval {
namespace {

constexpr TermCounter::TermNumber kNoTerm = UINT32_MAX;

}  // namespace

std::span<const std::pair<TermCounter::TermNumber, uint32_t>> TermCounter::Count(
    const PassageFields& fields) {
  for (const auto& [number, quarters] : counts_) position_[number] = 0;
  counts_.clear();
  length_quarters_ = 0;
  AddField(fields.title, fields.language, kTitleQuarters);
  for (const std::string& heading : fields.headings) {
    AddField(heading, fields.language, kHeadingQuarters);
  }
  AddField(fields.body, fields.language, kBodyQuarters);
  return counts_;
}

void TermCounter::AddField(std::string_view text, std::string_view language, uint32_t quarters) {
  LookUpWords(text, language);
  for (const TermNumber number : numbers_) {
    if (number == kNoTerm) continue;
    length_quarters_ += quarters;
    uint32_t& position = position_[number];
    if (position == 0) {
      counts_.emplace_back(number, quarters);
      position = static_cast<uint32_t>(counts_.size());
    } else {
      uint32_t& count = counts_[position - 1].second;
      count = std::min(count + quarters, kMaxQuarters);
    }
  }
}

void TermCounter::LookUpWords(std::string_view text, std::string_view language) {
  const std::vector<text::Span> spans = text::Words(text, language);
  // A long word takes part with an empty key and is looked up by itself.
  keys_.clear();
  for (const text::Span& span : spans) {
    const std::string_view word = text::Slice(text, span);
    keys_.push_back(word.size() <= WordKey::kLongestWord ? WordKey::Of(language, word) : WordKey{});
  }
  numbers_.resize(keys_.size());
  by_word_.Find(keys_, numbers_.data());
  for (size_t i = 0; i < numbers_.size(); ++i) {
    if (numbers_[i] != WordNumbers::kUnknown) continue;
    const std::string_view word = text::Slice(text, spans[i]);
    if (word.size() > WordKey::kLongestWord) {
      numbers_[i] = NumberOfLong(word, language);
      continue;
    }
    // It may have come earlier in this text.
    by_word_.Find({&keys_[i], 1}, &numbers_[i]);
    if (numbers_[i] != WordNumbers::kUnknown) continue;
    numbers_[i] = Analyse(word, language);
    by_word_.Add(keys_[i], numbers_[i]);
  }
}

TermCounter::TermNumber TermCounter::NumberOfLong(std::string_view word,
                                                  std::string_view language) {
  constexpr size_t kLongestRemembered = 48;
  std::string key(language.substr(0, 2));
  key.push_back('\0');
  key.append(word);
  if (const auto known = by_long_word_.find(key); known != by_long_word_.end()) {
    return known->second;
  }
  const TermNumber number = Analyse(word, language);
  if (word.size() <= kLongestRemembered) by_long_word_.emplace(std::move(key), number);
  return number;
}

TermCounter::TermNumber TermCounter::Analyse(std::string_view word, std::string_view language) {
  std::string term = text::AnalyseWord(word, language);
  if (term.empty()) return kNoTerm;
  const auto [entry, added] =
      by_term_.try_emplace(term, static_cast<TermNumber>(terms_.size()));
  if (added) {
    terms_.push_back(std::move(term));
    position_.push_back(0);
  }
  return entry->second;
}

}  // namespace frontdesk::retrieval
