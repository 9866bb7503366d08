// Limits on what a candidate may change: when one is exceeded, replay exits with 1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/replay/rows.h"

namespace frontdesk::server {

// Shares are of all turns, 0..1; unset: not limited.
struct ReplayGates {
  std::optional<double> turn, route, slot, tool, sentence, citation, handoff, prompt;
  std::optional<double> escalation_rise;  // handoffs per turn, candidate minus record
  bool no_new_ungrounded = false;

  bool any() const;
};

// "1%", "0.5 %" or "0.01" as a share. Errors: INVALID_ARGUMENT.
absl::StatusOr<double> ReadShare(const std::string& text);

// One sentence for each limit that is exceeded; empty: the candidate passes.
std::vector<std::string> Exceeded(const ReplayGates& gates, const ReplayResult& result);

}  // namespace frontdesk::server
