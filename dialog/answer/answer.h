// Answering a question from the business's documents.
//
// Works on one turn: retrieve → (model) → verify every sentence → cite; else the
// best sentences of the documents as they stand; else a refusal that offers a human.
// Invariants: a sentence that is shown carries the passage and bytes that support it;
// text of the model is shown only when all of it verifies; passages that hold words
// aimed at the assistant never reach the prompt. Each sentence is committed, so shown,
// by itself. docs/answering.md.
#pragma once

#include <string>

#include "dialog/turn.h"

namespace frontdesk::dialog {

// Says an answer, or a refusal. Returns true when something was answered.
bool AnswerFromKnowledge(Turn& turn, const std::string& question);

}  // namespace frontdesk::dialog
