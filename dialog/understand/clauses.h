// Cuts a message where one wish may end and another begin. Pure; thread-safe.
//
//   "hi, where is order 48213 and can I change my address?"
//   // [where is order 48213] [can I change my address?]      (the greeting is no clause)
#pragma once

#include <cstddef>
#include <vector>

#include "dialog/understand/slots/message.h"

namespace frontdesk::understand {

struct Clause {
  // What stands before it: the message begins or a sentence ended, a comma, "and", "but".
  enum Link { kSentence, kComma, kAnd, kBut };

  size_t first = 0, last = 0;  // tokens, half-open
  bool wish = false;           // long enough to be classified on its own, and not just a cue
  Link link = kSentence;
  bool tells = false;          // tells how things are; asks for nothing: "my headlamp died"
};

inline constexpr size_t kMostWishes = 4;

// All clauses in order; at most kMostWishes of them are wishes. A clause that is all courtesy
// (FindCourtesies) is none.
std::vector<Clause> SplitClauses(const Message& message, const std::vector<bool>& courtesies);

// Which of two neighbouring wishes only tells the circumstances of the other ("my headlamp died,
// I'd like to use the guarantee"): -1 neither, 0 the former, 1 the latter, 2 both tell one thing.
int Circumstance(const Clause& former, const Clause& latter);

}  // namespace frontdesk::understand
