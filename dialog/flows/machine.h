// The flow machine: carries out commands on the stack of flows, step by step,
// until the customer has to say something or nothing is left to do.
//
// Works on one turn, on its thread. Everything it does is an event; what it knows
// is the state. Invariants (docs/flows.md says why they hold):
//  - only the flow in front takes steps; the others are suspended;
//  - a write happens only with a yes that was given for exactly this tool, these
//    arguments and data that still reads the same, and once per yes;
//  - at most limits.steps_per_turn steps per turn.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialog/turn.h"

namespace frontdesk::dialog {

void StartFlowNow(Turn& turn, const StartFlow& command);
void ContinueFront(Turn& turn, const ContinueFlow& command);
void CorrectValue(Turn& turn, const CorrectSlot& command);
void AskFrontAgain(Turn& turn, const AskAgain& command);
void SkipAsked(Turn& turn);
void AnswerOpenConfirmation(Turn& turn, bool yes);
void CancelFront(Turn& turn, bool everything);
void StepBack(Turn& turn);

// Puts the open question of the flow in front once more, after a digression.
void AskOpenQuestion(Turn& turn);

// Brings up a flow that was left suspended in front (after a ticket was opened the
// assistant stays). False when there is none.
bool ResumeWaiting(Turn& turn);

// A human gave the conversation back: what was read before is stale, and the flow in
// front goes on from the first step that read it.
void ResumeAfterHuman(Turn& turn);

}  // namespace frontdesk::dialog
