// Handing over to a human: who is there, what they read, who owns the conversation.
//
// Works on one turn. With somebody on duty for the team and within business hours
// the conversation goes to the queue and the assistant falls silent; otherwise a
// ticket is opened, the customer is told when we are back, and the assistant stays.
#pragma once

#include "dialog/turn.h"

namespace frontdesk::dialog {

// Opens turn.handoff, if there is one: events HandedOff and Said, queue row and owner
// with the next commit. Cost: one look at presence.
void OpenHandoff(Turn& turn);

// What an agent reads first, from the state. flow: the flow that asked for the human
// as it stood, or null.
SummaryPacket MakePacket(const Turn& turn, const FlowInstance* flow);

}  // namespace frontdesk::dialog
