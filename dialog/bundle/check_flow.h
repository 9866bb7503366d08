// The proofs about a flow: that it can run to an end whatever happens.
//
// A flow is a graph of steps. Each check walks it with what it needs to remember
// and reports faults at the step concerned; docs/flows.md says what is proven and
// how. Private to dialog/bundle/.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dialog/bundle/bundle.h"

namespace frontdesk::dialog {

// Where a step may lead and why ("next", "yes", "on not_found", …).
struct Edge {
  std::string to;
  std::string why;
};
std::vector<Edge> EdgesOf(const Step& step);

// True for steps after which the flow ends.
bool IsTerminal(const Step& step);

// Appends the faults of `flow` within `bundle` (its tools, assistant).
void CheckFlow(const Flow& flow, const Bundle& bundle, std::vector<BundleFault>& faults);

}  // namespace frontdesk::dialog
