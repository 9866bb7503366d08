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

// Ends a turn's work: a question that was talked over is put again, a human is asked
// for if anything wanted one, and what then still waits goes on.
void Settle(Turn& turn);

}  // namespace frontdesk::dialog
