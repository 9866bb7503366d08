// How a passage's words stand to those of a question: which are there, and whether they stand
// together.
//
// Belongs to one thread; remembers the words it has met, so one matcher serves all passages of a
// search. What it returns is the same on every machine.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "retrieval/passage.h"

namespace frontdesk::retrieval {

// Shares of the question's word weight, 0..1.
struct TextFit {
  float coverage = 0;  // words found in the text, the headings or the title
  float title = 0;     // words found in headings or title
  float exact = 0;     // the other way round: of the title's and headings' distinct words, those that
                       // the question has; function words do not count
  float phrase = 0;    // neighbours of the question that are neighbours in the text, in order
  float near = 0;      // neighbours of the question within five words of each other in the text
};

class TextMatcher {
 public:
  // query: the question. weight_of: of an analysed term, e.g. its rarity; a function word counts
  // light_share of it. language: of the passages to come.
  TextMatcher(std::string_view query, std::string language, float light_share,
              const std::function<float(const std::string& term)>& weight_of);

  // Cost: about 60 ns a word of the passage.
  TextFit Match(const Passage& passage);

 private:
  // Place of the word's term among the distinct terms of the question, or kOther, or kLight for a
  // function word that the question does not have.
  int16_t PlaceOf(std::string_view word);
  // PlaceOf every word of the text.
  void Read(std::string_view text, std::vector<int16_t>* places);

  const std::string language_;
  std::vector<float> weights_;                         // by place
  std::vector<std::pair<int16_t, int16_t>> neighbours_;  // places that follow each other
  std::vector<float> neighbour_weights_;
  double total_ = 0, neighbour_total_ = 0;
  absl::flat_hash_map<std::string, int16_t> place_of_term_;
  absl::flat_hash_map<std::string, int16_t> place_of_word_;
  std::vector<bool> light_;  // by place: a function word
  std::vector<int16_t> places_;
  std::string key_;
};

}  // namespace frontdesk::retrieval
