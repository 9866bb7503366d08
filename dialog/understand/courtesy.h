// What a message says beside its wish: for politeness, "I hope you are well. I was wondering if you
// could possibly ... Thank you very much in advance", and values that it only hands over,
// ", order 48020, <EMAIL_1>". Found so that the wish is read without them.
//
// Nothing here knows a phrase: a stretch is courtesy when all its words are in a language's lists
// (LanguageWords::courtesy, courtesy_glue) and one of them is the heart of a courtesy, so other
// orders and mixtures of the same words are found too. Pure; thread-safe.
//
//   "Hi, I hope you are well. I was wondering if you could tell me when you open, many thanks"
//   // Core: "when you open"
#pragma once

#include <string>
#include <vector>

#include "dialog/understand/slots/message.h"

namespace frontdesk::understand {

// For each token whether it belongs to a courtesy, or stands between two marks with nothing but a
// value. All false when without them too little would be left to be a wish: "thanks for your help"
// is what its sender wants to say.
std::vector<bool> FindCourtesies(const Message& message);

// The message's own words for the tokens that are no courtesy; the whole text when none is.
std::string Core(const Message& message, const std::vector<bool>& courtesies);

}  // namespace frontdesk::understand
