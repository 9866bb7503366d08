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
  for (const text::Span& span : text::Words(text, language)) {
    const TermNumber number = NumberOf(text::Slice(text, span), language);
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

TermCounter::TermNumber TermCounter::NumberOf(std::string_view word, std::string_view language) {
  constexpr size_t kLongestRemembered = 48;
  key_.assign(language.substr(0, 2));
  key_.push_back('\0');
  key_.append(word);
  if (const auto known = by_word_.find(key_); known != by_word_.end()) return known->second;
  std::string term = text::AnalyseWord(word, language);
  TermNumber number = kNoTerm;
  if (!term.empty()) {
    const auto [entry, added] = by_term_.try_emplace(term, static_cast<TermNumber>(terms_.size()));
    number = entry->second;
    if (added) {
      terms_.push_back(std::move(term));
      position_.push_back(0);
    }
  }
  if (word.size() <= kLongestRemembered) by_word_.emplace(key_, number);
  return number;
}

}  // namespace frontdesk::retrieval
