// The reasoning of one turn in plain words, rebuilt from its events alone.
//
// Pure; thread-safe. No model is asked: every line restates one event.
//
//   for (const std::string& line : *ExplainTurn(events, 3)) std::cout << line << "\n";
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dialog/events.h"

namespace frontdesk::dialog {

// events: a whole conversation in order. turn: from 1.
// Errors: NOT_FOUND (the conversation has no such turn; says how many it has).
absl::StatusOr<std::vector<std::string>> ExplainTurn(std::span<const Event> events, int64_t turn);

}  // namespace frontdesk::dialog
