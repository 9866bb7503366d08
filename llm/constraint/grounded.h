// Nothing but what the passages say: the automaton of grounded answers.
//
// A text is one to `most_sentences` pieces with single spaces or line ends between, or one of the
// `alone` texts. A piece is a whole source sentence after at most one connecting text, its first
// letter large or small. No sentence is used twice, so a text always ends.
//
// With Grounding::runs a piece may also be a run of at least four whole words of a sentence,
// closed by a full stop. Words that hold a digit, the `kept` words and the neighbours of both
// are never cut away, so a price keeps what it is the price of, and a rule its "not" and its
// "unless". The automaton is then the suffix automaton of the sources, bent to those rules and made
// as far as it is walked: a set of states is all places where the piece so far may stand.
// Immutable, thread-safe. Source: docs/constrained_decoding.md.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "llm/constraint/constraint.h"
#include "llm/model.h"

namespace frontdesk::llm {

class GroundedConstraint : public Constraint {
 public:
  static constexpr size_t kMostSentences = 256;
  static constexpr size_t kMostBytes = 64 << 10;  // of all sentences
  static constexpr int kLeastWords = 4;

  // White space in the sentences is taken as single spaces; sentences without a letter or digit
  // and repeats are dropped.
  // Errors: INVALID_ARGUMENT (no sentence, too many or too long, a text that is not UTF-8, a
  // connecting text with a digit, most_sentences outside 1..16).
  static absl::StatusOr<std::shared_ptr<const GroundedConstraint>> Make(const Grounding& grounding);

  std::unique_ptr<ByteAutomaton> Begin() const override;

  // ---- for the automaton ----

  struct Sentence {
    std::string text;          // single spaces, none at the ends
    std::vector<bool> starts;  // [bytes + 1] a piece may start at this byte
    std::vector<bool> ends;    // [bytes + 1] a piece may end before this byte
  };
  const std::vector<Sentence>& sentences() const { return sentences_; }
  const std::vector<std::string>& connecting() const { return connecting_; }
  const std::vector<std::string>& alone() const { return alone_; }
  int most_sentences() const { return most_sentences_; }

 private:
  GroundedConstraint() = default;
  std::vector<Sentence> sentences_;
  std::vector<std::string> connecting_;
  std::vector<std::string> alone_;
  int most_sentences_ = 1;
};

}  // namespace frontdesk::llm
