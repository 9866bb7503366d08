// What speaks for "this unit answers that question", as numbers: the input of the answer model.
//
// Words of the question found in the unit, under its headings, in its passage; words that only mean
// something alike (by the encoder, word for word); how near whole texts are; whether the
// kind of value asked for is there; where the unit stands. Floats from exact embeddings in a fixed
// order: the same everywhere. Not thread-safe: one object an answer.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialog/answer/answer_units.h"
#include "dialog/effects.h"
#include "dialog/screen/attack_model.h"

namespace frontdesk::dialog {

inline constexpr size_t kUnitSignals = 37;
using UnitSignals = std::array<float, kUnitSignals>;

// Places of those that others read; UnitSignalName tells all.
enum UnitSignal : size_t {
  kNearSignal = 0,  // cosine of the question and the unit in its context
  kPairsSignal = 9,
  kValueThereSignal = 10,
  kValueMissingSignal = 11,
  kAsksSignal = 15,
  kDeniesSignal = 23,
};

std::string_view UnitSignalName(size_t signal);

// A word of the question, and how well something takes it up.
struct AskedWord {
  std::string term;   // as indexed
  std::string shape;  // as typed, folded
  float weight = 1;   // less the more units hold it
  bool name = false;  // capitalised inside the question, or with a digit
};

// A name that a number belongs to: "Tarn 2" is not "Tarn 3".
struct NumberedName {
  std::string word, number;  // folded
};

std::vector<NumberedName> NumberedNamesIn(std::string_view text);

// The numbers that follow the word in a text: {"2", "3"} for "tarn" in "the Tarn 2 and the Tarn 3".
std::vector<std::string> NumbersOf(std::string_view word, std::string_view text);

class UnitReader {
 public:
  // passages and units: borrowed. embed: empty, or failing: words alone.
  UnitReader(std::string_view question, const std::vector<FoundPassage>& passages,
             const std::vector<AnswerUnit>& units, const screen::EmbedFn& embed);

  // One row a unit. Cost: one embedding a unit and question word, all of them cached by the
  // encoder from the second time on.
  std::vector<UnitSignals> Signals();

  // How well a text takes up each word of the question: 1 when it holds the word, else the
  // best cosine between the word and one of the text's (0 without an encoder).
  std::vector<float> TakenUp(std::string_view text, std::string_view language) const;

  const std::vector<AskedWord>& words() const { return words_; }
  uint32_t asked_values() const { return asked_values_; }
  bool takes_for_granted() const { return granted_; }
  bool near_known() const { return !question_vector_.empty(); }

 private:
  struct ReadUnit {
    std::vector<std::string> terms;         // in order
    std::string headings;                   // of its passage
    float near = 0;                         // cosine with the question, in context
    std::vector<float> here, around;        // by question word: in the unit, with lead and headings
  };
  void ReadQuestion();
  // Weight of the question's words as far as they are taken up, and of all of them.
  std::pair<float, float> WeightTaken(const std::vector<float>& taken_up) const;
  // Of the numbered names asked about: how many the unit speaks of, and how many by another number.
  std::array<float, 2> NumberedNames(size_t unit) const;
  void WeighWords();
  void EmbedUnits();
  void EmbedWords(const std::vector<size_t>& units);
  std::vector<float> TakenUpBy(const std::vector<std::string>& shapes,
                               const std::vector<std::string>& terms) const;
  UnitSignals SignalsOf(size_t unit) const;

  const std::string question_;
  const std::vector<FoundPassage>& passages_;
  const std::vector<AnswerUnit>& units_;
  const screen::EmbedFn embed_;
  std::string language_;
  uint32_t asked_values_ = 0;
  bool granted_ = false;
  std::vector<AskedWord> words_;
  std::vector<NumberedName> numbered_;
  std::vector<float> question_vector_;
  std::vector<ReadUnit> read_;
  std::vector<std::vector<float>> passage_words_;               // by passage: TakenUp exactly
  std::map<std::string, std::vector<float>, std::less<>> vectors_;  // of single words
  float nearest_ = 0;
  float most_alike_ = 0;  // share of the question's words taken up by the unit that takes up most
};

}  // namespace frontdesk::dialog
