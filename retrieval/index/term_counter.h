// The terms of a passage with their weighted counts.
//
// Analysing a word (fold, stem) costs more than all else in indexing, so each distinct spelling is
// analysed once and remembered. Belongs to one thread; grows with the vocabulary.
//
//   TermCounter counter;
//   for (const auto& [term, quarters] : counter.Count({.body = "refund a refund"})) …
//   // (refund, 8), (a, 4), and counter.length() == 3
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "retrieval/index/word_numbers.h"

namespace frontdesk::retrieval {

// What is indexed of a passage. The strings must live during the call they are given to.
struct PassageFields {
  std::string_view title;
  std::span<const std::string> headings;
  std::string_view body;
  std::string_view language = "en";
};

class TermCounter {
 public:
  using TermNumber = uint32_t;

  // Distinct terms in order of first occurrence, with counts in quarters (at most kMaxQuarters).
  // The span lives until the next call.
  std::span<const std::pair<TermNumber, uint32_t>> Count(const PassageFields& fields);

  // Weighted length of the passage counted last, in words.
  uint32_t length() const { return length_quarters_ / 4; }

  const std::string& term(TermNumber number) const { return terms_[number]; }
  size_t size() const { return terms_.size(); }

 private:
  void AddField(std::string_view text, std::string_view language, uint32_t quarters);
  // Sets numbers_ to those of the words of the text, in order.
  void LookUpWords(std::string_view text, std::string_view language);
  TermNumber NumberOfLong(std::string_view word, std::string_view language);
  TermNumber Analyse(std::string_view word, std::string_view language);

  WordNumbers by_word_;
  absl::flat_hash_map<std::string, TermNumber> by_long_word_;  // language, zero byte, spelling
  absl::flat_hash_map<std::string, TermNumber> by_term_;
  std::vector<std::string> terms_;
  std::vector<uint32_t> position_;  // by term: 1 + its place in counts_, or 0
  std::vector<std::pair<TermNumber, uint32_t>> counts_;
  uint32_t length_quarters_ = 0;
  std::vector<WordKey> keys_;
  std::vector<TermNumber> numbers_;
};

}  // namespace frontdesk::retrieval
