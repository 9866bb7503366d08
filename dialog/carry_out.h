// The second half of a turn: commands become flow steps, answers and words.
//
// Works on one turn, on its thread. Exhaustive over the closed set of commands.
#pragma once

#include "dialog/commands.h"
#include "dialog/turn.h"

namespace frontdesk::dialog {

// Carries out one command. A handoff is only noted (turn.handoff): the other wishes of
// the message are served first.
void CarryOut(Turn& turn, const Command& command);

// True when a question is open that this turn has talked over.
bool NeedsReminderOfQuestion(const Turn& turn);

// Puts the open question of the flow in front again.
void AskOpen(Turn& turn);

}  // namespace frontdesk::dialog
