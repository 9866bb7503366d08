// What a message does besides saying what it wants: cues, yes or no, sentiment.
// Pure functions over a read message; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/understand/clauses.h"
#include "dialog/understand/slots/message.h"
#include "dialog/understand/understanding.h"

namespace frontdesk::understand {

// Names of namespace cue, in its order. A command ("cancel", "go back") counts only when a whole
// clause is little more than it: "cancel my order 48213" is a wish, no cue.
std::vector<std::string> FindCues(const Message& message, const std::vector<Clause>& clauses);

// Yes or no. asked_yes_no: a yes/no question is open; otherwise only a message that begins with
// a plain yes or no counts. Nothing for hedges ("maybe") and counter-questions.
// Whether the message is a yes or a no and nothing beyond it ("no thanks", "yes it is please").
bool IsPlainAnswer(const Message& message);

std::optional<bool> FindAffirmation(const Message& message, bool asked_yes_no);

// Sum of the words' feelings, turned by negation, raised by intensifiers, capitals and "!!!".
Sentiment FindSentiment(const Message& message);

}  // namespace frontdesk::understand
