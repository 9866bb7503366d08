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
  size_t first = 0, last = 0;  // tokens, half-open
  bool wish = false;           // long enough to be classified on its own, and not just a cue
};

inline constexpr size_t kMostWishes = 4;

// All clauses in order; at most kMostWishes of them are wishes.
std::vector<Clause> SplitClauses(const Message& message);

}  // namespace frontdesk::understand
