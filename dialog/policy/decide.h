// From what was understood to what is done: the only place that decides.
//
// Pure: the same state, understanding, bundle and time give the same decision; no
// model, tool or clock is asked. Thread-safe. Rules are tried in a fixed order
// (decide.cc), each in a small function; the first that has something to say wins.
// Every command carries the rule's id, the thresholds it used and the scores.
//
//   Decision decision = Decide(state, understanding, bundle, now);
//   // {StartFlow{"return_item"}, {"intent.flow", "…", {"answer": 550000}, {"return": 912345}}}
#pragma once

#include <string>

#include "absl/time/time.h"
#include "dialog/bundle/bundle.h"
#include "dialog/commands.h"
#include "dialog/state.h"
#include "dialog/understand/understanding.h"

namespace frontdesk::dialog {

// state: with the open turn (its text and screen verdict).
Decision Decide(const State& state, const understand::Understanding& understanding,
                const Bundle& bundle, absl::Time now);

}  // namespace frontdesk::dialog
