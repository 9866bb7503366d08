// The first half of a turn: the message as it is kept, and what it means.
//
// Works on one turn, on its thread.
#pragma once

#include "dialog/events.h"
#include "dialog/turn.h"
#include "dialog/understand/understanding.h"

namespace frontdesk::dialog {

// The message redacted and cut to limits.message_chars.
Received Hear(Turn& turn, const TurnInput& input);

// What the message of the open turn means. Without embeddings by words alone, which
// is recorded; never fails (an understander that does not, leaves nothing understood).
understand::Understanding Understand(Turn& turn);

// As angry as the bundle counts.
bool IsAngry(const Turn& turn, const understand::Understanding& understanding);

// When the conversation is idle, from now; 0 when nobody waits for the customer.
int64_t IdleDeadlineMs(const Turn& turn);

}  // namespace frontdesk::dialog
